import { createMatrix, createRandom, type PreferencePair } from '@routeprofile/schema';
import { fitBradleyTerry, countWins } from '@routeprofile/numerics';
import { describe, expect, it } from 'vitest';
import { fitPairwiseLogistic } from './pairwise-logistic.js';
import { relativeOutcomes } from './relative-outcomes.js';

describe('fitPairwiseLogistic', () => {
  const random = createRandom(3, 'queries');
  const points = createMatrix(
    20,
    3,
    Float32Array.from({ length: 60 }, (_, k) => random.normal() * (1 + (k % 3))),
  );
  const pairs: PreferencePair[] = Array.from({ length: 60 }, (_, k) =>
    k % 3 === 0 ? { query: k % 20, better: 2, worse: 0 } : { query: k % 20, better: k % 2, worse: 2 },
  );
  const spread = Float64Array.of(20, 80, 180);

  it('is Bradley–Terry under a strong ridge', () => {
    const { intercepts, slopes } = fitPairwiseLogistic(points, spread, pairs, 3, 1e8);
    const expected = fitBradleyTerry(countWins(3, pairs), 3);
    intercepts.forEach((b, m) => expect(b).toBeCloseTo(expected[m]!, 3));
    expect(slopes.data.every((w) => Math.abs(w) < 1e-4)).toBe(true);
  });

  it('does not depend on where it starts', () => {
    const cold = fitPairwiseLogistic(points, spread, pairs, 3, 0.5);
    const warm = fitPairwiseLogistic(points, spread, pairs, 3, 0.5, fitPairwiseLogistic(points, spread, pairs, 3, 20));
    cold.slopes.data.forEach((w, k) => expect(w).toBeCloseTo(warm.slopes.data[k]!, 2));
  });
});

describe('relativeOutcomes', () => {
  it('does not favour a model for the easy queries it met', () => {
    // Query 0 is easy for both, query 1 hard; model 1 met the easy one only and did as well as model 0.
    const { advantages, means, counts } = relativeOutcomes({ score: Float64Array.of(1, 1, 0, NaN) }, 2);
    expect(means[0]).toBeCloseTo(0, 10);
    expect(means[1]).toBeCloseTo(0, 10);
    expect([...counts]).toEqual([2, 1]);
    expect(advantages[3]).toBe(0);
  });
});
