import {
  createMatrix,
  defineRouter,
  normalizeRows,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  z,
  type Matrix,
  type ModelCard,
  type RouterArtifact,
  type RouterInput,
} from '@routeprofile/schema';
import { transpose } from '@routeprofile/numerics';
import { mixed } from '../cluster/mixture.js';
import { assertMadeBy, namedArray, parsePart, weightMatrix } from '../common/artifact.js';
import { joinedManifest, joiningModels } from '../common/extend.js';
import { inheritedReason, inheritedRows } from '../common/inherit.js';
import { queryVectors, trainingVectors } from '../common/input.js';
import { scoringRouter } from '../common/scoring-router.js';
import { seenModels } from '../common/seen-models.js';
import { highest } from '../sim/top-models.js';
import { classify } from './classifier.js';
import { believed, cardScale, leadsByCard, SOURCES, type CardScale, type Source } from './leads.js';
import { labelled, learnTwoStages } from './learn.js';
import { assertTrainable } from '../common/trainable.js';

const NAME = 'two-stage';
const options = z.strictObject({
  /** Where a model's worth on a task comes from; `auto`: outcomes or else pairs, or cards, by cross-validation. */
  source: z.enum(['auto', ...SOURCES]).default('auto'),
  /** Rows that draw a mean, or precision that draws a Bradley–Terry strength; `auto`: by cross-validation. */
  shrinkage: z.union([z.number().gt(0), z.literal('auto')]).default('auto'),
  /** Believe card scores that other measurements contradict. Default false. */
  trust: z.boolean().default(false),
});
/** Options of `twoStageRouter`, parsed. */
export type TwoStageOptions = z.infer<typeof options>;

const state = z.object({
  source: z.enum(SOURCES),
  tasks: z.array(z.string()),
  temperature: z.number().gt(0),
  ridge: z.number(),
  shrinkage: z.number(),
  /** Share of left-out queries whose task was told right. */
  accuracy: z.number(),
  /** How cards measure the tasks: see `CardScale`; null where nothing can be told. */
  cardMeans: z.array(z.number().nullable()),
  cardSlope: z.number(),
  /** Models whose scores are those of models with like profiles. */
  inherited: z.array(z.string()),
  crossValidation: z.array(z.object({ source: z.enum(SOURCES), shrinkage: z.number(), value: z.number() })),
});
type State = z.infer<typeof state>;

/**
 * First which task a query belongs to, then which model does best on that task: score_m(q) = Σ_t P(t | q) · lead_mt, where the lead is
 * how far m is ahead of the other models in the table of the task (as `task-table` makes it), and P comes from a linear classifier of
 * the query's vector, learned from training queries with labels and the labelled keys of score-carrying profiles. Needs no labels of the
 * queries it routes. Tasks without a row in the table stand at the leads over all tasks.
 *
 * A model without training outcomes or pairs is placed by its card: its leads there, brought to the scale of the table by what cards
 * and table say of the other models. Without a card it takes over the leads of models with like profiles (see `inheritance`).
 */
export const twoStageRouter = defineRouter<TwoStageOptions>({
  name: NAME,
  summary: 'recognises the task of a query, then takes the best model of that task',
  options,
  needs: ['vectors', 'training'],
  async fit(input, chosen, ctx) {
    throwIfAborted(ctx);
    const { models, training } = input;
    assertTrainable(NAME, input);
    const { vectors, keys, encoder } = inputVectors(input);
    const cards = believed(input.cards, chosen.trust);
    const named = new Set([...training.tasks, ...cards.flatMap(({ scores }) => [...scores.keys()])]);
    const examples = labelled(input, vectors, keys, (label) => named.has(label));
    if (examples.tasks.length === 0)
      throw new RouteProfileError('NO_TRAINING_DATA', `${NAME}: no training query has a task label`, {
        hint: 'Label training queries with their tasks, or use `cluster`, which finds groups by itself.',
      });
    const given = { source: chosen.source, shrinkage: chosen.shrinkage === 'auto' ? null : chosen.shrinkage };
    const { classifier, source, leads, shrinkage, candidates } = learnTwoStages(input, cards, examples, given, ctx);
    const known = knownTo(source, input, cards);
    const scale = cardScale(leads, cards, models, known, examples.tasks);
    const placed = placeByCards(leads, models, known, cards, scale, examples.tasks);
    const learned: State = {
      source,
      tasks: examples.tasks,
      temperature: classifier.temperature,
      ridge: classifier.ridge,
      shrinkage,
      accuracy: classifier.accuracy,
      cardMeans: Array.from(scale.means, (mean) => (Number.isNaN(mean) ? null : mean)),
      cardSlope: scale.slope,
      inherited: models.filter((_, m) => !placed.known[m]),
      crossValidation: candidates,
    };
    return create({
      manifest: {
        version: 1,
        strategy: NAME,
        options: { ...chosen },
        models: [...models],
        encoder,
        dimensions: vectors.cols,
        seed: ctx.seed,
        state: learned,
      },
      weights: {
        classifier: namedArray(classifier.weights),
        leads: namedArray(inheritedRows(NAME, placed.leads, models, placed.known, input.profiles)),
      },
    });
  },
  async load(artifact) {
    assertMadeBy(NAME, artifact);
    return create(artifact);
  },
  /** Who joins is placed by its card, or by models of like profiles where it has none. */
  async extend(artifact, joiningSet, ctx) {
    throwIfAborted(ctx);
    assertMadeBy(NAME, artifact);
    const joining = joiningModels(artifact, joiningSet);
    const learned = parsePart(NAME, 'state', state, artifact.manifest.state);
    const { trust } = parsePart(NAME, 'options', options, artifact.manifest.options);
    const { tasks, inherited } = learned;
    const own = partsOf(artifact, tasks.length).leads;
    const wide = createMatrix(joining.models.length, tasks.length);
    wide.data.set(own.data);
    const known = joining.models.map((model) => !inherited.includes(model) && !joining.added.includes(model));
    const scale = {
      means: Float64Array.from(learned.cardMeans, (mean) => mean ?? NaN),
      slope: learned.cardSlope,
    };
    const cards = believed(joiningSet.cards, trust);
    const placed = placeByCards(wide, joining.models, known, cards, scale, tasks);
    const rows = inheritedRows(NAME, placed.leads, joining.models, placed.known, joiningSet.profiles);
    rows.data.set(own.data);
    const manifest = joinedManifest(artifact, joining);
    const left = joining.added.filter((model) => !placed.known[joining.models.indexOf(model)]);
    return create({
      manifest: { ...manifest, state: { ...manifest.state, inherited: [...inherited, ...left] } },
      weights: { ...artifact.weights, leads: namedArray(rows) },
    });
  },
});

function inputVectors({ training, profiles }: RouterInput) {
  const { encoder, dimensions, vectors } = trainingVectors(NAME, training);
  const { keyed } = profiles;
  const sameSpace =
    keyed?.keys.cols === dimensions && (encoder ?? profiles.provenance.encoder) === profiles.provenance.encoder;
  return {
    vectors: normalizeRows(vectors),
    keys: keyed && sameSpace ? normalizeRows(keyed.keys) : null,
    encoder,
  };
}

/** Models that the source of the table says something of. */
function knownTo(source: Source, { models, training }: RouterInput, cards: readonly ModelCard[]): boolean[] {
  if (source !== 'cards') return seenModels(training, models.length);
  const scored = new Set(cards.flatMap(({ name, scores }) => (scores.size > 0 ? [name] : [])));
  return models.map((model) => scored.has(model));
}

/** The leads with those of unknown models by their cards, and who is known then. */
function placeByCards(
  leads: Matrix,
  models: readonly string[],
  known: readonly boolean[],
  cards: readonly ModelCard[],
  scale: CardScale,
  tasks: readonly string[],
): { leads: Matrix; known: boolean[] } {
  const byName = new Map(cards.map((card) => [card.name, card]));
  const out = createMatrix(leads.rows, leads.cols, leads.data.slice());
  const then = models.map((model, m) => {
    if (known[m]) return true;
    const row = leadsByCard(byName.get(model), scale, tasks);
    if (row) rowOf(out, m).set(row);
    return row !== null;
  });
  return { leads: out, known: then };
}

function partsOf(artifact: RouterArtifact, tasks: number): { weights: Matrix; leads: Matrix } {
  const { models, dimensions } = artifact.manifest;
  return {
    weights: weightMatrix(artifact, 'classifier', tasks, (dimensions ?? 0) + 1),
    leads: weightMatrix(artifact, 'leads', models.length, tasks),
  };
}

const LEAD_OF: Record<Source, string> = {
  outcomes: 'in mean outcome',
  cards: 'in card score',
  pairs: 'in Bradley–Terry strength',
};

function create(artifact: RouterArtifact) {
  const { models, encoder } = artifact.manifest;
  const { source, tasks, temperature, inherited } = parsePart(NAME, 'state', state, artifact.manifest.state);
  const { weights, leads } = partsOf(artifact, tasks.length);
  const table = transpose(leads);
  const space = { what: 'training queries', encoder, dimensions: weights.cols - 1 };

  return scoringRouter({
    name: NAME,
    models,
    evaluate(queries, ctx) {
      const vectors = normalizeRows(queryVectors(NAME, queries, space));
      const scores = createMatrix(vectors.rows, models.length);
      const shares = Array.from({ length: vectors.rows }, (_, q) => {
        throwIfAborted(ctx);
        const share = classify(weights, temperature, rowOf(vectors, q));
        rowOf(scores, q).set(mixed(table, share));
        return share;
      });
      return {
        scores,
        explain: (q, winner) => {
          const share = shares[q]!;
          const likely = highest(share, 2).filter((t, i) => i === 0 || share[t]! >= 0.1);
          const told = likely.map((t) => `${tasks[t]} (${Math.round(100 * share[t]!)} %)`).join(' or ');
          const lead = `${rowOf(scores, q)[winner]!.toFixed(3)} ahead of the mean model ${LEAD_OF[source]}`;
          const reason = { kind: 'task', text: `looks like ${told}; ${models[winner]} is ${lead}` };
          return inherited.includes(models[winner]!) ? [reason, inheritedReason(models[winner]!)] : [reason];
        },
      };
    },
    save: () => ({
      manifest: structuredClone(artifact.manifest),
      weights: { classifier: namedArray(weights), leads: namedArray(leads) },
    }),
  });
}
