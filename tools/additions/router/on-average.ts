import { createMatrix, defineScoringRouter, rowOf, z } from '@routeprofile/schema';

/** The model with the highest mean outcome on the training rows, for every query. Scores: [queries × models], means. */
export const onAverageRouter = defineScoringRouter({
  name: 'on-average',
  summary: 'the model with the highest mean outcome, whatever the query',
  options: z.strictObject({}),
  needs: ['outcomes'],
  state: z.object({}),
  shapes: ({ models }) => ({ means: [1, models] }),
  learn({ models, training }) {
    const score = training.outcomes?.score ?? new Float64Array();
    const means = models.map((_, m) => {
      const own = score.filter((value, at) => at % models.length === m && !Number.isNaN(value));
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    });
    // A model without outcomes comes last.
    const kept = Float32Array.from(means, (mean) => mean || 0);
    return { state: {}, weights: { means: createMatrix(1, models.length, kept) } };
  },
  score({ models, weights }, { texts }) {
    const scores = createMatrix(texts.length, models.length);
    texts.forEach((_, q) => rowOf(scores, q).set(weights.means.data));
    return scores;
  },
});
