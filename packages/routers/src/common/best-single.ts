import { createMatrix, defineScoringRouter, z } from '@routeprofile/schema';
import { bestSingle } from '@routeprofile/numerics';
import { nothingToLearn } from './pairs.js';

const NAME = 'best-single';

/**
 * The same order of models for every query: what any other router has to beat. The first is `bestSingle` of
 * `@routeprofile/numerics`, the model that a report is compared with. A model that nothing is known of counts as average and is
 * never the choice.
 */
export const bestSingleRouter = /* @__PURE__ */ defineScoringRouter({
  name: NAME,
  summary: 'the model that is best over all training queries, whatever the query',
  options: z.strictObject({}),
  needs: ['training'],
  state: z.object({ from: z.enum(['outcomes', 'pairs']), newModels: z.array(z.string()) }),
  shapes: ({ models }) => ({ strengths: [1, models] }),
  learn({ models, training }) {
    const best = bestSingle(models, training);
    if (!best) throw nothingToLearn(NAME);
    const { from, worth } = best;
    const strengths = createMatrix(1, models.length, withUnknown(Float32Array.from(worth)));
    return { state: { from, newModels: models.filter((_, m) => Number.isNaN(worth[m])) }, weights: { strengths } };
  },
  score({ models, weights }, { texts }) {
    const scores = createMatrix(texts.length, models.length);
    texts.forEach((_, q) => scores.data.set(weights.strengths.data, q * models.length));
    return scores;
  },
  explain({ state }, { model }) {
    const what = state.from === 'outcomes' ? 'mean outcome' : 'Bradley–Terry strength';
    return [{ kind: 'best-single', text: `${model} has the highest ${what} over all training queries` }];
  },
  join({ models: own, state: { newModels }, weights }, { models, added }) {
    const known = weights.strengths.data.map((strength, m) => (newModels.includes(own[m]!) ? NaN : strength));
    const strengths = createMatrix(1, models.length, withUnknown(Float32Array.of(...known, ...added.map(() => NaN))));
    strengths.data.set(weights.strengths.data);
    return { state: { newModels: [...newModels, ...added] }, weights: { strengths } };
  },
});

/** NaN, which is not known, replaced by the average of what is, and below its best even where all are the same. */
function withUnknown(scores: Float32Array): Float32Array {
  const known = scores.filter((score) => !Number.isNaN(score));
  const average = known.reduce((sum, score) => sum + score / known.length, 0);
  const best = known.reduce((a, b) => Math.max(a, b), -Infinity);
  const unknown = Math.min(average, best - Math.max(Math.abs(best), 1) * 2 ** -20);
  return scores.map((score) => (Number.isNaN(score) ? unknown : score));
}
