import { createMatrix, createRandom, rowOf, type Matrix } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricEigen } from './eigen.js';
import { principalAxes, principalCoordinates } from './principal-axes.js';
import { gaussian } from './test-data.js';

describe('principalAxes', () => {
  it('has uncorrelated coordinates whose squares sum to the spread', () => {
    const rows = gaussian(40, 5, 'rows');
    const axes = principalAxes(rows);
    const points = principalCoordinates(rows, axes);
    for (let a = 0; a < 5; a++)
      for (let b = 0; b < 5; b++) {
        let sum = 0;
        for (let i = 0; i < 40; i++) sum += points.data[i * 5 + a]! * points.data[i * 5 + b]!;
        expect(sum / axes.spread[0]!).toBeCloseTo(a === b ? axes.spread[a]! / axes.spread[0]! : 0, 5);
      }
  });

  it('spans a few rows of many dimensions exactly', () => {
    const rows = gaussian(6, 700, 'wide');
    const { spread, axes } = principalAxes(rows);
    expect([axes.rows, axes.cols]).toEqual([5, 700]);
    const mean = Array.from({ length: 700 }, (_, d) => {
      let sum = 0;
      for (let i = 0; i < 6; i++) sum += rows.data[i * 700 + d]!;
      return sum / 6;
    });
    const total = rows.data.reduce((sum, x, k) => sum + (x - mean[k % 700]!) ** 2, 0);
    expect(spread.reduce((a, b) => a + b) / total).toBeCloseTo(1, 4);
  });

  /** Rows in a space of few directions, of falling weight, beside noise. */
  const lowRank = (rows: number, cols: number, rank: number, noise: number, seed = 4): Matrix => {
    const random = createRandom(seed, 'low rank');
    const directions = Array.from({ length: rank }, () => Float64Array.from({ length: cols }, () => random.normal()));
    const out = createMatrix(rows, cols);
    for (let i = 0; i < rows; i++) {
      const weights = directions.map((_, r) => random.normal() / (r + 1));
      rowOf(out, i).forEach((_, d, row) => {
        row[d] = 3 + noise * random.normal() + weights.reduce((sum, w, r) => sum + w * directions[r]![d]!, 0);
      });
    }
    return out;
  };
  const dots = ({ data, cols }: Matrix, a: number, b: number) => {
    let sum = 0;
    for (let d = 0; d < cols; d++) sum += data[a * cols + d]! * data[b * cols + d]!;
    return sum;
  };

  it('is the eigendecomposition of the covariance, by rows or by columns', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 14 }), fc.integer({ min: 1, max: 14 }), (seed, n, d) => {
        const rows = lowRank(n, d, 3, 0.5, seed);
        const { mean, axes, spread, total } = principalAxes(rows);
        const covariance = new Float64Array(d * d);
        for (let i = 0; i < n; i++)
          for (let a = 0; a < d; a++)
            for (let b = 0; b < d; b++)
              covariance[a * d + b]! += (rowOf(rows, i)[a]! - mean[a]!) * (rowOf(rows, i)[b]! - mean[b]!);
        const whole = symmetricEigen(covariance, d);
        spread.forEach((value, k) => expect(value / total).toBeCloseTo(whole.values[k]! / total, 9));
        expect(spread.reduce((a, b) => a + b, 0) / total).toBeCloseTo(1, 6);
        for (let a = 0; a < axes.rows; a++) {
          for (let b = 0; b <= a; b++) expect(dots(axes, a, b)).toBeCloseTo(a === b ? 1 : 0, 4);
          // C v = λ v
          for (let i = 0; i < d; i++) {
            let image = 0;
            for (let j = 0; j < d; j++) image += covariance[i * d + j]! * rowOf(axes, a)[j]!;
            expect((image - spread[a]! * rowOf(axes, a)[i]!) / total).toBeCloseTo(0, 6);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('has one sign: turning all rows round turns no axis', () => {
    const rows = lowRank(20, 6, 6, 0.1);
    const turned = principalAxes(
      createMatrix(
        20,
        6,
        rows.data.map((x) => -x),
      ),
    );
    principalAxes(rows).axes.data.forEach((x, k) => expect(turned.axes.data[k]).toBeCloseTo(x, 5));
    for (const { axes } of [turned])
      for (let a = 0; a < axes.rows; a++) {
        const row = rowOf(axes, a);
        expect(row.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0)).toBeGreaterThan(0);
      }
  });

  it('approximates where there are more than 512 rows and dimensions, and gives the same bytes again', () => {
    const rows = lowRank(600, 520, 4, 0.05);
    // More than there are: taken apart exactly.
    const exact = principalAxes(rows, { most: 520 });
    const [few, drawn] = [principalAxes(rows, { most: 4 }), principalAxes(rows)];
    expect([few.axes.rows, drawn.axes.rows]).toEqual([4, 512]);
    for (let k = 0; k < 4; k++) {
      expect(few.spread[k]! / exact.spread[k]!).toBeCloseTo(1, 9);
      expect(drawn.spread[k]! / exact.spread[k]!).toBeCloseTo(1, 4);
      rowOf(few.axes, k).forEach((x, d) => expect(x).toBeCloseTo(rowOf(exact.axes, k)[d]!, 6));
    }
    expect(principalAxes(rows, { most: 4 })).toEqual(few);
    expect(principalAxes(rows)).toEqual(drawn);
  });

  it('has no axis for rows that are alike, and refuses what is not finite', () => {
    const { axes, spread, total } = principalAxes(createMatrix(5, 3, new Float32Array(15).fill(2)));
    expect([axes.rows, axes.cols, spread.length, total]).toEqual([0, 3, 0, 0]);
    expect(() => principalAxes(createMatrix(2, 2, Float32Array.of(1, NaN, 0, 1)))).toThrow(/not finite/);
  });
});
