import {
  assertTrainable,
  createMatrix,
  defineScoringRouter,
  RouteProfileError,
  rowOf,
  z,
  type RouterInput,
} from '@routeprofile/schema';
import { joinTable, tableFromCards, tableFromOutcomes, tableFromPairs, type TaskTable } from '../common/task-tables.js';

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

/**
 * One model per task: the one that did best on it in the training data. It reads the query's task label, which a router in use
 * rarely has; it shows what a router could reach that recognised the task and nothing else.
 *
 * Scores by source: `outcomes`, the mean outcome on the task; `cards`, the score on the card as it stands; `pairs`,
 * Bradley–Terry strength on the task's pairs. Means whose number of rows is known are shrunk (option `shrinkage`, default 5
 * rows) to an additive model task + model; card scores without a count are not. A model that was not measured on a task
 * ranks last there. A query with no task, or one that the table does not hold, is scored over all tasks.
 */
export const taskTableRouter = /* @__PURE__ */ defineScoringRouter({
  name: NAME,
  summary: 'best model of the query’s task on training data; needs task labels',
  options,
  needs: ['tasks'],
  state: z.object({ source: z.enum(SOURCES), tasks: z.array(z.string()) }),
  // A row per task, and one for all tasks at the end.
  shapes: ({ models, state }) => ({
    scores: [state.tasks.length + 1, models],
    measured: [state.tasks.length + 1, models],
  }),
  learn(input, chosen) {
    assertTrainable(NAME, input);
    const { source, table } = buildTable(input, chosen);
    const { tasks, ...weights } = table;
    return { state: { source, tasks }, weights };
  },
  prepare: ({ state }) => new Map(state.tasks.map((task, t) => [task, t])),
  score({ models, state, weights, prepared: place }, { tasks: labels }) {
    const rows = labels.map((label) => (label === null ? undefined : place.get(label)) ?? state.tasks.length);
    const scores = createMatrix(rows.length, models.length);
    rows.forEach((row, q) => rowOf(scores, q).set(rowOf(weights.scores, row)));
    return { scores, found: labels };
  },
  explain({ state, prepared: place }, { query, score, found }) {
    const label = found[query] ?? null;
    const worth = `${SCORE_OF[state.source]} ${score.toFixed(3)}`;
    if (label !== null && place.has(label)) return [{ kind: 'task', text: `best on ${label}: ${worth}` }];
    const why = label === null ? 'the query has no task' : `the task '${label}' is not in the table`;
    return [{ kind: 'fallback', text: `${why}; best over all tasks: ${worth}` }];
  },
  /** In a table of card scores a joining model has those of its card; outcomes and pairs it has none, so it comes last. */
  join({ state: { source, tasks }, weights }, { added, cards }) {
    const scores = new Map(
      cards.map((card) => [card.name, new Map([...card.scores].map(([task, { value }]) => [task, value]))]),
    );
    const columns = added.map((model) => (source === 'cards' ? scores.get(model) : undefined));
    const { tasks: _, ...joined } = joinTable({ tasks, ...weights }, columns);
    return { weights: joined };
  },
});

function buildTable(
  input: RouterInput,
  { source, shrinkage, ridge }: TaskTableOptions,
): { source: Source; table: TaskTable } {
  const count = input.models.length;
  const build: Record<Source, () => TaskTable | undefined> = {
    outcomes: () => tableFromOutcomes(input.training, count)?.(shrinkage),
    cards: () => tableFromCards(input.cards, input.models)?.(shrinkage),
    pairs: () => tableFromPairs(input.training, count)?.(ridge),
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
