import { createMatrix, createRandom, rowOf, takeRows, type Matrix } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { minimize } from './minimize.js';
import { principalAxes, principalCoordinates } from './principal-axes.js';
import { leaveOneOut, ridgeSlopes, targetMoments } from './ridge.js';
import { gaussian } from './test-data.js';

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
      { tolerance: 0, gradientTolerance: 1e-9, steps: 2000 },
    );
    return at.reduce((sum, x, j) => sum + x * found[j]!, found[r]!);
  }

  it('predicts left-out points as a fit without them does', () => {
    const mean = raw.reduce((a, b) => a + b) / 30;
    const axes = principalAxes(rows);
    const points = principalCoordinates(rows, axes);
    const targets = raw.map((y) => y - mean);
    const moments = targetMoments(points, targets);
    const problem = { rows: 30, spread: axes.spread, counts: Float64Array.of(30), moments };
    const left = Int32Array.of(0, 13);
    const of = Float64Array.from(left, (q) => targets[q]!);
    const predicted = leaveOneOut(problem, 7, takeRows(points, left), of);
    left.forEach((one, i) => {
      const others = [...Array(30).keys()].filter((q) => q !== one);
      const some = createMatrix(29, 4, Float32Array.from(others.flatMap((q) => [...rowOf(rows, q)])));
      const expected = directly(
        some,
        Float64Array.from(others, (q) => raw[q]!),
        7,
        rowOf(rows, one),
      );
      expect(predicted.data[i]! + mean).toBeCloseTo(expected, 4);
    });
    expect(ridgeSlopes(problem, 1e9).data.every((x) => Math.abs(x) < 1e-5)).toBe(true);
  });
});
