import {
  assertMadeBy,
  assertTrainable,
  createMatrix,
  defineRouter,
  joinedManifest,
  joiningModels,
  namedArray,
  parsePart,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  weightMatrix,
  z,
  type Reason,
  type RouterArtifact,
  type RouterInput,
} from '@routeprofile/schema';
import { scoringRouter } from '../common/scoring-router.js';
import { joinTable, tableFromCards, tableFromOutcomes, tableFromPairs, type TaskTable } from './table.js';

const NAME = 'task-table';
const SOURCES = ['outcomes', 'cards', 'pairs'] as const;
type Source = (typeof SOURCES)[number];

const options = z.strictObject({
  /** Where a model's worth on a task comes from; `auto`: the first of outcomes, cards and pairs that there is. */
  source: z.enum(['auto', ...SOURCES]).default('auto'),
  /** Rows by which a mean with a known number of rows is drawn to what task and model lead one to expect. Default 5. */
  shrinkage: z.number().min(0).default(5),
  /** Precision of the prior on Bradley–Terry strengths. Default 1. */
  ridge: z.number().gt(0).default(1),
});
/** Options of `taskTableRouter`, parsed. */
export type TaskTableOptions = z.infer<typeof options>;

const state = z.object({ source: z.enum(SOURCES), tasks: z.array(z.string()) });

/**
 * One model per task: the one that did best on it in the training data. It reads the query's task label, which a router in use
 * rarely has; it shows what a router could reach that recognised the task and nothing else.
 *
 * Scores by source: `outcomes`, the mean outcome on the task; `cards`, the score on the card as it stands; `pairs`,
 * Bradley–Terry strength on the task's pairs. Means whose number of rows is known are shrunk (option `shrinkage`, default 5
 * rows) to an additive model task + model; card scores without a count are not. A model that was not measured on a task
 * ranks last there. A query with no task, or one that the table does not hold, is scored over all tasks.
 */
export const taskTableRouter = defineRouter<TaskTableOptions>({
  name: NAME,
  summary: 'best model of the query’s task on training data; needs task labels',
  options,
  needs: ['tasks'],
  async fit(input, chosen, ctx) {
    throwIfAborted(ctx);
    assertTrainable(NAME, input);
    const { source, table } = buildTable(input, chosen);
    return create({
      manifest: {
        version: 1,
        strategy: NAME,
        options: { ...chosen },
        models: [...input.models],
        encoder: null,
        dimensions: null,
        seed: ctx.seed,
        state: { source, tasks: table.tasks },
      },
      weights: arraysOf(table),
    });
  },
  async load(artifact) {
    assertMadeBy(NAME, artifact);
    return create(artifact);
  },
  /** In a table of card scores a joining model has those of its card; outcomes and pairs it has none, so it comes last. */
  async extend(artifact, { profiles, cards }, ctx) {
    throwIfAborted(ctx);
    assertMadeBy(NAME, artifact);
    const joining = joiningModels(artifact, { profiles, cards });
    const { source } = parsePart(NAME, 'state', state, artifact.manifest.state);
    const scores = new Map(
      cards.map((card) => [card.name, new Map([...card.scores].map(([task, { value }]) => [task, value]))]),
    );
    const columns = joining.added.map((model) => (source === 'cards' ? scores.get(model) : undefined));
    return create({
      manifest: joinedManifest(artifact, joining),
      weights: arraysOf(joinTable(tableOf(artifact), columns)),
    });
  },
});

const arraysOf = ({ scores, measured }: TaskTable) => ({ scores: namedArray(scores), measured: namedArray(measured) });

function tableOf(artifact: RouterArtifact): TaskTable {
  const { tasks } = parsePart(NAME, 'state', state, artifact.manifest.state);
  const matrix = (name: string) => weightMatrix(artifact, name, tasks.length + 1, artifact.manifest.models.length);
  return { tasks, scores: matrix('scores'), measured: matrix('measured') };
}

function buildTable(
  input: RouterInput,
  { source, shrinkage, ridge }: TaskTableOptions,
): { source: Source; table: TaskTable } {
  const count = input.models.length;
  const build: Record<Source, () => TaskTable | null> = {
    outcomes: () => tableFromOutcomes(input.training, count, shrinkage),
    cards: () => tableFromCards(input.cards, input.models, shrinkage),
    pairs: () => tableFromPairs(input.training, count, ridge),
  };
  for (const candidate of source === 'auto' ? SOURCES : [source]) {
    const table = build[candidate]();
    if (table) return { source: candidate, table };
  }
  throw new RouteProfileError(
    'NO_TRAINING_DATA',
    `${NAME}: the training data hold no ${source === 'auto' ? 'outcomes, card scores or pairs' : source}`,
    {
      hint: 'Give outcomes, pairs, or cards with task scores of at least two candidates.',
    },
  );
}

const SCORE_OF: Record<Source, string> = {
  outcomes: 'mean outcome',
  cards: 'card score',
  pairs: 'Bradley–Terry strength',
};

function create(artifact: RouterArtifact) {
  const { models } = artifact.manifest;
  const { source } = parsePart(NAME, 'state', state, artifact.manifest.state);
  const { tasks, scores: table, measured } = tableOf(artifact);
  const place = new Map(tasks.map((task, t) => [task, t]));

  return scoringRouter({
    name: NAME,
    models,
    evaluate(queries) {
      const labels = queries.texts.map((_, q) => queries.tasks?.[q] ?? null);
      const rows = labels.map((label) => (label === null ? tasks.length : (place.get(label) ?? tasks.length)));
      const scores = createMatrix(rows.length, models.length);
      rows.forEach((row, q) => scores.data.set(rowOf(table, row), q * models.length));
      const explain = (q: number, winner: number): Reason[] => {
        const score = `${SCORE_OF[source]} ${rowOf(scores, q)[winner]!.toFixed(3)}`;
        const label = labels[q] ?? null;
        if (rows[q]! < tasks.length) return [{ kind: 'task', text: `best on ${label}: ${score}` }];
        const why = label === null ? 'the query has no task' : `the task '${label}' is not in the table`;
        return [{ kind: 'fallback', text: `${why}; best over all tasks: ${score}` }];
      };
      return { scores, explain };
    },
    save: () => ({
      manifest: structuredClone(artifact.manifest),
      weights: arraysOf({ tasks, scores: table, measured }),
    }),
  });
}
