import {
  assertTrainable,
  createMatrix,
  defineScoringRouter,
  inheritedReasons,
  inheritedRows,
  normalizeRows,
  RouteProfileError,
  rowOf,
  seenModels,
  throwIfAborted,
  z,
  type Matrix,
  type ModelCard,
  type RouterInput,
} from '@routeprofile/schema';
import { transpose } from '@routeprofile/numerics';
import { unitWork, workOn } from '../common/shared-work.js';
import { mixed } from '../common/mixed.js';
import { highest } from '../common/top-models.js';
import { classify } from './classifier.js';
import { believed, cardScale, leadsByCard, SOURCES, type CardScale, type Source } from './leads.js';
import { labelled, learnTwoStages } from './learn.js';

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

/**
 * First which task a query belongs to, then which model does best on that task: score_m(q) = Σ_t P(t | q) · lead_mt, where the lead is
 * how far m is ahead of the other models in the table of the task (as `task-table` makes it), and P comes from a linear classifier of
 * the query's vector, learned from training queries with labels and the labelled keys of score-carrying profiles. Needs no labels of the
 * queries it routes. Tasks without a row in the table stand at the leads over all tasks.
 *
 * A model without training outcomes or pairs is placed by its card: its leads there, brought to the scale of the table by what cards
 * and table say of the other models. Without a card it takes over the leads of models with like profiles (see `inheritance`).
 */
export const twoStageRouter = /* @__PURE__ */ defineScoringRouter({
  name: NAME,
  summary: 'recognises the task of a query, then takes the best model of that task',
  options,
  needs: ['vectors'],
  comparedWith: 'training queries',
  state: z.object({
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
  }),
  shapes: ({ models, dimensions, state: { tasks } }) => ({
    classifier: [tasks.length, dimensions + 1],
    leads: [models, tasks.length],
  }),
  async learn(input, chosen, ctx) {
    const { models, training } = input;
    assertTrainable(NAME, input);
    const cards = believed(input.cards, chosen.trust);
    const named = new Set([...training.tasks, ...cards.flatMap(({ scores }) => [...scores.keys()])]);
    const work = unitWork(workOn(training.queries, input.vectors));
    const examples = labelled(input, work, keysInSpace(input), (label) => named.has(label));
    if (examples.tasks.length === 0)
      throw new RouteProfileError('NO_TRAINING_DATA', `${NAME}: no training query has a task label`, {
        hint: 'Label training queries with their tasks, or use `cluster`, which finds groups by itself.',
      });
    const given = { source: chosen.source, shrinkage: chosen.shrinkage === 'auto' ? null : chosen.shrinkage };
    const { classifier, source, leads, shrinkage, candidates } = await learnTwoStages(
      input,
      cards,
      examples,
      given,
      ctx,
    );
    const known = knownTo(source, input, cards);
    const scale = cardScale(leads, cards, models, known, examples.tasks);
    const placed = placeByCards(leads, models, known, cards, scale, examples.tasks);
    return {
      state: {
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
      },
      weights: {
        classifier: classifier.weights,
        leads: inheritedRows(NAME, placed.leads, models, placed.known, input.profiles),
      },
    };
  },
  prepare: ({ weights }) => transpose(weights.leads),
  score({ models, state, weights, prepared: table }, { vectors }, ctx) {
    const unit = normalizeRows(vectors);
    const scores = createMatrix(unit.rows, models.length);
    const found = Array.from({ length: unit.rows }, (_, q) => {
      throwIfAborted(ctx);
      const share = classify(weights.classifier, state.temperature, rowOf(unit, q));
      rowOf(scores, q).set(mixed(table, share));
      return share;
    });
    return { scores, found };
  },
  explain({ state: { tasks, source, inherited } }, { query, model, score, found }) {
    const share = found[query]!;
    const likely = highest(share, 2).filter((t, i) => i === 0 || share[t]! >= 0.1);
    const told = likely.map((t) => `${tasks[t]} (${Math.round(100 * share[t]!)} %)`).join(' or ');
    const lead = `${score.toFixed(3)} ahead of the mean model ${LEAD_OF[source]}`;
    return [{ kind: 'task', text: `looks like ${told}; ${model} is ${lead}` }, ...inheritedReasons(model, inherited)];
  },
  /** Who joins is placed by its card, or by models of like profiles where it has none. */
  join({ state: learned, weights: { leads: own }, options: { trust } }, { models, added, profiles, cards }) {
    const { tasks, inherited } = learned;
    const wide = createMatrix(models.length, tasks.length);
    wide.data.set(own.data);
    const known = models.map((model) => !inherited.includes(model) && !added.includes(model));
    const scale = { means: Float64Array.from(learned.cardMeans, (mean) => mean ?? NaN), slope: learned.cardSlope };
    const placed = placeByCards(wide, models, known, believed(cards, trust), scale, tasks);
    const leads = inheritedRows(NAME, placed.leads, models, placed.known, profiles);
    leads.data.set(own.data);
    const left = added.filter((model) => !placed.known[models.indexOf(model)]);
    return { state: { inherited: [...inherited, ...left] }, weights: { leads } };
  },
});

/** The profiles' keys at unit length, where they are of the training queries' space. */
function keysInSpace({ training, profiles, vectors }: RouterInput & { vectors: Matrix }): Matrix | null {
  const { keyed, provenance } = profiles;
  const encoder = training.queries.encoder ?? provenance.encoder;
  return keyed?.keys.cols === vectors.cols && encoder === provenance.encoder ? normalizeRows(keyed.keys) : null;
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

const LEAD_OF: Record<Source, string> = {
  outcomes: 'in mean outcome',
  cards: 'in card score',
  pairs: 'in Bradley–Terry strength',
};
