import {
  createMatrix,
  defineProfile,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  z,
  type Matrix,
  type ModelCard,
  type NamedArray,
  type ProfileInput,
  type RouterTraining,
} from '@routeprofile/schema';
import { type Placed, placeByCard } from '../keyed/advantages.js';
import { ALL_QUERIES } from '../keyed/score-table.js';
import { fromState, toState } from '../keyed/state.js';
import { type TaskKeys, weightedCentroids } from '../keyed/task-keys.js';
import { extendKeyedSet } from '../common/extend-keyed.js';
import { modelPositions } from '../common/models.js';
import { finishProfileSet } from '../common/profile-set.js';
import { cardLink, type CardLink } from './card-link.js';
import { centredOutcomes } from './centred-outcomes.js';

const options = z.strictObject({
  /** New models: card scores marked unreliable count as not measured (default); false takes them as they are. */
  distrust: z.boolean().default(true),
});
/** Options of `outcomesProfile`, parsed. */
export type OutcomesOptions = z.output<typeof options>;

const SLOPE = 'outcomes:slope';

/**
 * The training rows themselves: a key a training query, scores the outcomes measured there less the row's centre, in shares of one
 * (in the design space of RouteProfile, arXiv 2605.00180: flat form; the representation "scores" is ours; nothing is learned).
 * Without outcomes, (wins − losses) / (wins + losses) of the model's pairs there. See `centredOutcomes`.
 * `keyed.keys` [training queries × dimensions], `keyed.scores` [models × training queries], NaN = not measured.
 *
 * `biases` [models] are mean scores, `vectors` [models × dimensions] the mean of the queries weighted by scores. A new model has NaN under every key; its bias and
 * vector come from its card, brought to the unit of outcomes along the models that have both. See `cardLink`.
 *
 * `build` throws RouteProfileError NO_TRAINING_DATA without outcomes and pairs, BAD_INPUT for training queries without vectors.
 */
export const outcomesProfile = defineProfile<OutcomesOptions>({
  name: 'outcomes',
  summary: 'what each model scored on the training queries, query by query',
  options,
  needs: ['training'],
  designPoint: () => ({ form: 'flat', representation: 'scores', hops: 0, learning: 'training-free' }),
  async build(input, given, ctx) {
    throwIfAborted(ctx);
    modelPositions('outcomes', input);
    const { training, vectors: keys } = memoryOf(input);
    const { models } = input;
    const { score, overall } = centredOutcomes(training, models.length);
    const rows = training.tasks.length;
    const measured = models.map((_, m) =>
      score.subarray(m * rows, (m + 1) * rows).some((value) => !Number.isNaN(value)),
    );
    const link = cardLink(input, overall, measured, given.distrust);
    const labels = training.tasks.map((task) => task ?? ALL_QUERIES);
    const scores = createMatrix(models.length, rows, Float32Array.from(score));
    const vectors = weightedQueries(keys, scores);
    const biases = Float32Array.from(overall);
    models.forEach((model, m) => {
      if (measured[m]) return;
      const byCard = fromCard(link, { keys, labels }, cardOf(input, model), given);
      rowOf(vectors, m).set(byCard.vector);
      biases[m] = byCard.bias;
    });
    const set = finishProfileSet(this, input, ctx, {
      vectors,
      options: given,
      uses: { encoder: true, graph: false },
      notes: notesOf(models.filter((_, m) => !measured[m])),
    });
    const keyed = { keys, labels, scores, queries: Int32Array.from(labels.keys()) };
    return { ...set, keyed, biases, state: stateOf(link) };
  },
  /** New models are known by their cards alone, as in `build`. */
  async extend(set, input, given, ctx) {
    throwIfAborted(ctx);
    return extendKeyedSet(this, set, input, given, ctx, (models) => {
      const link = linkOf(set.state);
      const { keys, labels } = set.keyed!;
      const made = models.map((model) => fromCard(link, { keys, labels: [...labels] }, cardOf(input, model), given));
      const vectors = createMatrix(models.length, keys.cols);
      made.forEach(({ vector }, m) => rowOf(vectors, m).set(vector));
      const scores = createMatrix(models.length, labels.length);
      scores.data.fill(NaN);
      return { vectors, scores, biases: Float32Array.from(made, ({ bias }) => bias) };
    });
  },
});

/** @throws RouteProfileError NO_TRAINING_DATA, BAD_INPUT for rows without vectors. */
function memoryOf({ training }: ProfileInput): { training: RouterTraining; vectors: Matrix } {
  if (!training || training.tasks.length === 0 || (!training.outcomes && training.pairs.length === 0))
    throw new RouteProfileError('NO_TRAINING_DATA', 'outcomes: there are no outcomes and no pairs to remember', {
      hint: 'Give training rows, or use a profile that needs none, such as advantage.',
    });
  const { vectors } = training.queries;
  if (!vectors)
    throw new RouteProfileError('BAD_INPUT', 'outcomes: the training queries come without vectors', {
      hint: 'Encode them and pass them as `training.queries.vectors`.',
    });
  return { training, vectors };
}

const cardOf = ({ cards }: ProfileInput, model: string): ModelCard | undefined =>
  cards.find(({ name }) => name === model);

/** What a card makes of a model that was not measured. */
function fromCard(
  { fit, slope }: CardLink,
  keys: Pick<TaskKeys, 'keys' | 'labels'>,
  card: ModelCard | undefined,
  { distrust }: OutcomesOptions,
): { bias: number; vector: Float32Array } {
  const placed = placeByCard(fit, card, { distrust, queriesOf: () => undefined });
  const inUnit: Placed = {
    overall: slope * placed.overall,
    advantages: placed.advantages.map((advantage) => slope * advantage),
  };
  const place = new Map(fit.tasks.map((task, t) => [task, t]));
  return { bias: inUnit.overall, vector: rowOf(weightedCentroids(keys, place, [inUnit]), 0) };
}

/** vector[m] = mean over the measured queries of score × query; 0 for a model without any. */
function weightedQueries(keys: Matrix, scores: Matrix): Matrix {
  const out = createMatrix(scores.rows, keys.cols);
  for (let m = 0; m < scores.rows; m++) {
    const sum = new Float64Array(keys.cols);
    let count = 0;
    rowOf(scores, m).forEach((score, k) => {
      if (Number.isNaN(score)) return;
      count++;
      const key = rowOf(keys, k);
      for (let d = 0; d < sum.length; d++) sum[d]! += score * key[d]!;
    });
    rowOf(out, m).set(sum.map((x) => x / Math.max(1, count)));
  }
  return out;
}

const stateOf = ({ fit, slope }: CardLink): Record<string, NamedArray> => ({
  ...toState(fit, () => undefined),
  [SLOPE]: { shape: [1], data: Float32Array.of(slope) },
});

const linkOf = (state: Readonly<Record<string, NamedArray>> | undefined): CardLink => ({
  fit: fromState('outcomes', state).fit,
  slope: state?.[SLOPE]?.data[0] ?? 0,
});

const notesOf = (fresh: readonly string[]): string[] =>
  fresh.length === 0 ? [] : [`without training rows, placed by their cards: ${fresh.join(', ')}`];
