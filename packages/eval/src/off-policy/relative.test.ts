import { createMatrix, createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { offPolicyValue } from './estimate.js';
import { fitOffPolicy } from './evidence.js';
import { relativeCosts } from './relative.js';
import { ridgeRewards } from './reward-model.js';

const PRICES = [0.000_01, 0.002, 0.03];

/** One of three models per row, each at its own price, a tenth dearer on long queries; their vectors tell which are long. */
function log(rows: number) {
  const random = createRandom(7, 'costs');
  const vectors = createMatrix(rows, 2);
  vectors.data.forEach((_, k) => (vectors.data[k] = random.normal()));
  const chosen = Int32Array.from({ length: rows }, () => random.int(3));
  const [score, cost] = [new Float64Array(3 * rows).fill(NaN), new Float64Array(3 * rows).fill(NaN)];
  chosen.forEach((model, row) => {
    score[3 * row + model] = random.int(2);
    cost[3 * row + model] = PRICES[model]! * (vectors.data[2 * row]! > 0 ? 1.1 : 1);
  });
  return { models: ['a', 'b', 'c'], chosen, score, cost, vectors };
}

describe('dollars of a log', () => {
  it('of the cheapest model are its own, and not drawn to the dearest', () => {
    const evidence = fitOffPolicy(log(900), { seed: 1 });
    PRICES.forEach((price, model) => {
      const { cost } = offPolicyValue(evidence, { choices: new Int32Array(900).fill(model) });
      const { dr } = cost!;
      expect(dr.known).toBe(true);
      if (!dr.known) return;
      expect(dr.value).toBeGreaterThan(price);
      expect(dr.value).toBeLessThan(1.1 * price);
      expect(dr.high - dr.low).toBeLessThan(0.05 * price);
    });
  });

  it('are never below 0, are 0 of a free model, and the mean of all rows of one without any', () => {
    const rows = {
      points: createMatrix(6, 1),
      models: 3,
      measured: Float64Array.from([NaN, 0, NaN, 1, NaN, NaN, NaN, 0, NaN, 3, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN]),
      learnFrom: Int32Array.of(0, 1, 2, 3),
      predictFor: Int32Array.of(4, 5),
    };
    rows.points.data.set([1, 2, 3, 4, -100, 100]);
    const predicted = relativeCosts(ridgeRewards).predict(rows);
    expect(predicted.every((dollars) => dollars >= 0)).toBe(true);
    expect([predicted[1], predicted[4]]).toEqual([0, 0]);
    const flat = relativeCosts(ridgeRewards).predict({ ...rows, points: createMatrix(6, 0) });
    expect(Array.from(flat)).toEqual([2, 0, 1, 2, 0, 1]);
  });
});
