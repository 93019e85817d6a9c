import {
  createMatrix,
  createRandom,
  normalizeRows,
  rowOf,
  type Matrix,
  type PreferencePair,
} from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { bradleyTerry, countWins } from '@routeprofile/numerics';
import { kMeans } from './kmeans.js';
import { minimize } from './lbfgs.js';
import { fitPairwiseLogistic } from './pairwise-logistic.js';
import { coordinates, principalAxes } from './principal-axes.js';
import { relativeOutcomes } from './relative-outcomes.js';
import { leaveOneOut, ridgeProblem, ridgeSlopes } from './ridge.js';

const gaussian = (rows: number, cols: number, label: string): Matrix => {
  const random = createRandom(3, label);
  return createMatrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, (_, k) => random.normal() * (1 + (k % cols))),
  );
};

describe('minimize', () => {
  it('finds the minimum of a badly scaled quadratic', () => {
    const scale = [1, 100, 1e4];
    const found = minimize(
      (x, gradient) => {
        let value = 0;
        x.forEach((xi, i) => {
          gradient[i] = scale[i]! * (xi - i);
          value += 0.5 * scale[i]! * (xi - i) ** 2;
        });
        return value;
      },
      Float64Array.of(5, 5, 5),
    );
    found.forEach((x, i) => expect(x).toBeCloseTo(i, 5));
  });
});

describe('principalAxes', () => {
  it('has uncorrelated coordinates whose squares sum to the spread', () => {
    const rows = gaussian(40, 5, 'rows');
    const axes = principalAxes(rows, 1);
    const points = coordinates(rows, axes);
    for (let a = 0; a < 5; a++)
      for (let b = 0; b < 5; b++) {
        let sum = 0;
        for (let i = 0; i < 40; i++) sum += points.data[i * 5 + a]! * points.data[i * 5 + b]!;
        expect(sum / axes.spread[0]!).toBeCloseTo(a === b ? axes.spread[a]! / axes.spread[0]! : 0, 5);
      }
  });

  it('spans a few rows of many dimensions exactly', () => {
    const rows = gaussian(6, 700, 'wide');
    const { spread, axes } = principalAxes(rows, 1);
    expect([axes.rows, axes.cols]).toEqual([5, 700]);
    const mean = Array.from({ length: 700 }, (_, d) => {
      let sum = 0;
      for (let i = 0; i < 6; i++) sum += rows.data[i * 700 + d]!;
      return sum / 6;
    });
    const total = rows.data.reduce((sum, x, k) => sum + (x - mean[k % 700]!) ** 2, 0);
    expect(spread.reduce((a, b) => a + b) / total).toBeCloseTo(1, 4);
  });
});

describe('ridge', () => {
  const rows = gaussian(30, 4, 'points');
  const random = createRandom(2, 'targets');
  const raw = Float64Array.from({ length: 30 }, () => random.normal());

  /** Slopes about the mean by plain gradient descent on the least-squares problem itself. */
  function directly(points: Matrix, targets: Float64Array, ridge: number, at: Float32Array): number {
    const [n, r] = [points.rows, points.cols];
    const found = minimize(
      (w, gradient) => {
        let value = 0;
        gradient.fill(0);
        for (let j = 0; j < r; j++) {
          value += 0.5 * ridge * w[j]! ** 2;
          gradient[j] = ridge * w[j]!;
        }
        for (let i = 0; i < n; i++) {
          const error = rowOf(points, i).reduce((sum, x, j) => sum + x * w[j]!, w[r]!) - targets[i]!;
          value += 0.5 * error ** 2;
          for (let j = 0; j < r; j++) gradient[j]! += error * points.data[i * r + j]!;
          gradient[r]! += error;
        }
        return value;
      },
      new Float64Array(r + 1),
      { tolerance: 1e-9, maxSteps: 2000 },
    );
    return at.reduce((sum, x, j) => sum + x * found[j]!, found[r]!);
  }

  it('predicts left-out points as a fit without them does', () => {
    const mean = raw.reduce((a, b) => a + b) / 30;
    const axes = principalAxes(rows, 1);
    const points = coordinates(rows, axes);
    const problem = ridgeProblem(
      points,
      axes.spread,
      raw.map((y) => y - mean),
      Float64Array.of(30),
    );
    const predicted = leaveOneOut(problem, 7, Int32Array.of(0, 13));
    [0, 13].forEach((left, i) => {
      const others = [...Array(30).keys()].filter((q) => q !== left);
      const some = createMatrix(29, 4, Float32Array.from(others.flatMap((q) => [...rowOf(rows, q)])));
      const expected = directly(
        some,
        Float64Array.from(others, (q) => raw[q]!),
        7,
        rowOf(rows, left),
      );
      expect(predicted.data[i]! + mean).toBeCloseTo(expected, 4);
    });
    expect(ridgeSlopes(problem, 1e9).data.every((x) => Math.abs(x) < 1e-5)).toBe(true);
  });
});

describe('fitPairwiseLogistic', () => {
  const points = gaussian(20, 3, 'queries');
  const pairs: PreferencePair[] = Array.from({ length: 60 }, (_, k) =>
    k % 3 === 0 ? { query: k % 20, better: 2, worse: 0 } : { query: k % 20, better: k % 2, worse: 2 },
  );
  const spread = Float64Array.of(20, 80, 180);

  it('is Bradley–Terry under a strong ridge', () => {
    const { intercepts, slopes } = fitPairwiseLogistic(points, spread, pairs, 3, 1e8);
    const expected = bradleyTerry(countWins(3, pairs), 3);
    intercepts.forEach((b, m) => expect(b).toBeCloseTo(expected[m]!, 3));
    expect(slopes.data.every((w) => Math.abs(w) < 1e-4)).toBe(true);
  });

  it('does not depend on where it starts', () => {
    const cold = fitPairwiseLogistic(points, spread, pairs, 3, 0.5);
    const warm = fitPairwiseLogistic(points, spread, pairs, 3, 0.5, fitPairwiseLogistic(points, spread, pairs, 3, 20));
    cold.slopes.data.forEach((w, k) => expect(w).toBeCloseTo(warm.slopes.data[k]!, 2));
  });
});

describe('kMeans', () => {
  it('finds groups that lie apart, and no more groups than rows differ', () => {
    const corners = [
      [1, 0],
      [0, 1],
      [-1, 0],
    ];
    const random = createRandom(1);
    const rows = normalizeRows(
      createMatrix(
        30,
        2,
        Float32Array.from({ length: 60 }, (_, k) => corners[(k >> 1) % 3]![k % 2]! + 0.05 * random.normal()),
      ),
    );
    const { assignment } = kMeans(rows, 3, createRandom(5), {});
    for (let i = 0; i < 30; i++) expect(assignment[i]).toBe(assignment[i % 3]);
    expect(new Set(assignment).size).toBe(3);
    const same = createMatrix(4, 2, Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1));
    expect(kMeans(same, 4, createRandom(5), {}).centres.rows).toBe(2);
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
