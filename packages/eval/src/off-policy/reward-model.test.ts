import { createMatrix, createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { meanRewards, ridgeRewards } from './reward-model.js';

/** Scores level_m + x · (shared + own_m) with noise, one model measured per row. */
function rows(count: number, seed: number, noise = 0.1) {
  const random = createRandom(seed, 'rewards');
  const points = createMatrix(count, 2);
  points.data.forEach((_, k) => (points.data[k] = random.normal() / Math.SQRT2));
  const truth = new Float64Array(count * 2);
  const measured = new Float64Array(count * 2).fill(NaN);
  for (let q = 0; q < count; q++) {
    const [a, b] = [points.data[q * 2]!, points.data[q * 2 + 1]!];
    truth.set([0.5 + a, 1 + a + b], q * 2);
    const m = random.int(2);
    measured[q * 2 + m] = truth[q * 2 + m]! + noise * random.normal();
  }
  const half = Math.floor(count / 2);
  const all = Int32Array.from({ length: count }, (_, q) => q);
  return {
    truth,
    input: { points, models: 2, measured, learnFrom: all.subarray(0, half), predictFor: all.subarray(half) },
  };
}
const errorOf = (predicted: Float64Array, truth: Float64Array) =>
  Math.sqrt(
    predicted.reduce((sum, x, k) => sum + (x - truth[truth.length - predicted.length + k]!) ** 2, 0) / predicted.length,
  );

describe('the reward model', () => {
  it('learns slopes that models share, and their own', () => {
    const { truth, input } = rows(800, 1);
    expect(errorOf(ridgeRewards.predict(input), truth)).toBeLessThan(0.06);
    expect(errorOf(meanRewards.predict(input), truth)).toBeGreaterThan(0.5);
  });

  it('learns nothing from noise', () => {
    const { input } = rows(400, 2);
    const random = createRandom(3, 'noise');
    const noise = { ...input, measured: input.measured.map((x) => (Number.isNaN(x) ? NaN : random.normal())) };
    const spread = ridgeRewards.predict(noise);
    expect(Math.max(...spread) - Math.min(...spread)).toBeLessThan(1);
  });

  it('reads nothing of the rows that it predicts', () => {
    const { input } = rows(200, 4);
    const hidden = input.measured.slice();
    for (const row of input.predictFor) hidden.fill(99, row * 2, row * 2 + 2);
    expect(ridgeRewards.predict({ ...input, measured: hidden })).toEqual(ridgeRewards.predict(input));
  });

  it('gives a model without rows the level of the others, and one with few a level between', () => {
    const points = createMatrix(12, 0);
    const measured = new Float64Array(36).fill(NaN);
    for (let q = 0; q < 10; q++) measured[q * 3] = 1;
    measured[10 * 3 + 1] = 0;
    const learnFrom = Int32Array.from({ length: 11 }, (_, q) => q);
    const [first, second, third] = meanRewards.predict({
      points,
      models: 3,
      measured,
      learnFrom,
      predictFor: Int32Array.of(11),
    });
    const level = 10 / 11;
    expect(third).toBeCloseTo(level, 12);
    expect(first).toBeCloseTo((10 + 5 * level) / 15, 12);
    expect(second).toBeCloseTo((5 * level) / 6, 12);
  });
});
