import type { RewardModel } from './reward-model.js';

/**
 * A reward model for dollars. Prices of models differ by factors of a thousand, and a level or a slope that they shared would be the
 * dearest model's. So each model's costs are taken as multiples of their mean, and what is predicted is turned back into dollars. A
 * model without rows costs what all rows cost on average; nothing costs less than nothing.
 */
export const relativeCosts = (rewardModel: RewardModel): RewardModel => ({
  name: rewardModel.name,
  predict: (rows) => {
    const { models, measured, learnFrom, predictFor } = rows;
    const means = meanCosts(measured, learnFrom, models);
    const multiples = measured.map((cost, k) => {
      const mean = means[k % models]!;
      return mean > 0 ? cost / mean : NaN;
    });
    const predicted = rewardModel.predict({ ...rows, measured: multiples });
    if (predicted.length !== predictFor.length * models) return predicted;
    return predicted.map((multiple, k) => Math.max(0, multiple) * means[k % models]!);
  },
});

/** What each model costs on average; one without rows, what all rows cost. Shape [models]. */
function meanCosts(measured: Float64Array, rows: Int32Array, models: number): Float64Array {
  const sums = new Float64Array(models);
  const counts = new Float64Array(models);
  for (const row of rows)
    for (let m = 0; m < models; m++) {
      const cost = measured[row * models + m]!;
      if (Number.isNaN(cost)) continue;
      sums[m]! += cost;
      counts[m]! += 1;
    }
  const sum = (of: Float64Array) => of.reduce((a, b) => a + b, 0);
  const overall = sum(sums) / Math.max(1, sum(counts));
  return sums.map((own, m) => (counts[m]! > 0 ? own / counts[m]! : overall));
}
