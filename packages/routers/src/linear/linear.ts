import {
  createMatrix,
  defineScoringRouter,
  inheritedReasons,
  inheritedRows,
  normalizeRows,
  requireLesson,
  rowOf,
  rowsWithHeirs,
  seenModels,
  throwIfAborted,
  z,
  type Matrix,
} from '@routeprofile/schema';
import { learnedReason } from '../common/reasons.js';
import { queryAxes } from '../common/query-axes.js';
import { unitWork, workOn } from '../common/shared-work.js';
import { rowDots } from '@routeprofile/numerics';
import { learnFromOutcomes, learnFromPairs } from './learn.js';

const NAME = 'linear';
const options = z.strictObject({
  /** Strength that draws slopes to 0, in units of squared length of unit query vectors; `auto`: by cross-validation. */
  ridge: z.union([z.number().gt(0), z.literal('auto')]).default('auto'),
});
/** Options of `linearRouter`, parsed. */
export type LinearOptions = z.infer<typeof options>;

/**
 * A model's score is linear in the query's vector: score_m(x) = intercept_m + weights_m · x, x brought to length 1.
 * From outcomes by ridge regression of what a model does better than the others, from pairs alone by logistic regression of who
 * wins. Intercepts are hardly drawn to 0, so that under a strong ridge, which cross-validation may choose, the models stand in one
 * constant order: that of their mean outcomes or Bradley–Terry strengths.
 *
 * A model without training outcomes or pairs takes over the weights of the others, by likeness of profiles (see `inheritance`).
 * Vectors wider than 512 are learned from in the span of 512 training queries.
 *
 * Scores: [queries × models], expected lead in outcome over the other models; where pairs are all there is, strengths whose
 * differences are log odds of winning.
 * `fit` throws RouteProfileError NO_TRAINING_DATA without outcomes and pairs.
 */
export const linearRouter = /* @__PURE__ */ defineScoringRouter({
  name: NAME,
  summary: 'scores that are linear in the query vector: ridge regression on outcomes, or logistic regression on pairs',
  options,
  needs: ['vectors', 'training'],
  state: z.object({
    ridge: z.number(),
    learned: z.enum(['outcomes', 'pairs']),
    newModels: z.array(z.string()),
    crossValidation: z.array(z.object({ ridge: z.number(), value: z.number() })),
  }),
  shapes: ({ models, dimensions }) => ({ weights: [models, dimensions + 1] }),
  async learn({ models, training, profiles, vectors }, { ridge: given }, ctx) {
    const learned = requireLesson(NAME, training);
    const learn = learned === 'outcomes' ? learnFromOutcomes : learnFromPairs;
    const axes = await queryAxes(unitWork(workOn(training.queries, vectors)), ctx.seed);
    throwIfAborted(ctx);
    const found = learn(axes, training, models.length, given === 'auto' ? null : given, ctx);
    const { ridge, candidates: crossValidation } = found;
    const known = seenModels(training, models.length);
    const own = withIntercept(found.weights, found.intercepts);
    return {
      state: { ridge, learned, newModels: models.filter((_, m) => !known[m]), crossValidation },
      weights: { weights: inheritedRows(NAME, own, models, known, profiles) },
    };
  },
  score({ models, weights: { weights } }, { vectors }) {
    const unit = normalizeRows(vectors);
    const scores = createMatrix(unit.rows, models.length);
    const extended = new Float32Array(weights.cols).fill(1);
    for (let q = 0; q < unit.rows; q++) {
      extended.set(rowOf(unit, q));
      rowDots(weights, extended, rowOf(scores, q));
    }
    return scores;
  },
  explain: ({ models, state }, { model, winner, scores }) => [
    learnedReason(models, scores, winner),
    ...inheritedReasons(model, state.newModels),
  ],
  /** Who joins has taught the router nothing: it takes over weights of the models with like profiles. */
  join: ({ state: { newModels }, weights: { weights } }, joining) => ({
    state: { newModels: [...newModels, ...joining.added] },
    weights: { weights: rowsWithHeirs(NAME, weights, newModels, joining) },
  }),
});

/** Shape [models × dimensions + 1]: the intercept stands last. */
function withIntercept(weights: Matrix, intercepts: Float64Array): Matrix {
  const out = createMatrix(weights.rows, weights.cols + 1);
  for (let m = 0; m < weights.rows; m++) {
    const row = rowOf(out, m);
    row.set(rowOf(weights, m));
    row[weights.cols] = intercepts[m]!;
  }
  return out;
}
