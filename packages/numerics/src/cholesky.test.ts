import { createRandom } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cholesky,
  invertPositiveDefinite,
  solveCholesky,
  solveCholeskyColumns,
  solveLower,
  solvePositiveDefinite,
} from './cholesky.js';

/** A Aᵀ + I: positive definite. */
function positiveDefinite(seed: number, n: number): Float64Array {
  const random = createRandom(seed);
  const x = Float64Array.from({ length: n * n }, () => random.normal());
  return x.map((_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    let sum = i === j ? 1 : 0;
    for (let d = 0; d < n; d++) sum += x[i * n + d]! * x[j * n + d]!;
    return sum;
  });
}
const times = (a: Float64Array, x: Float64Array) =>
  x.map((_, i) => x.reduce((sum, v, j) => sum + a[i * x.length + j]! * v, 0));

describe('cholesky', () => {
  it('solves many columns as it solves each, to the bit', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }), (seed, n, columns) => {
        const l = cholesky(positiveDefinite(seed, n), n);
        const random = createRandom(seed, 'columns');
        const b = Float64Array.from({ length: n * columns }, () => random.normal());
        const found = solveCholeskyColumns(l, b, columns);
        for (let c = 0; c < columns; c++) {
          const column = (all: Float64Array) => Float64Array.from({ length: n }, (_, i) => all[i * columns + c]!);
          expect(column(found)).toEqual(solveCholesky(l, column(b)));
        }
      }),
    );
  });

  it('is lower triangular with L Lᵀ = A, and solves A x = b', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 9 }), (seed, n) => {
        const a = positiveDefinite(seed, n);
        const l = cholesky(a, n);
        const random = createRandom(seed, 'b');
        const b = Float64Array.from({ length: n }, () => random.normal());
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let k = 0; k < n; k++) sum += l[i * n + k]! * l[j * n + k]!;
            expect(sum).toBeCloseTo(a[i * n + j]!, 8);
            if (j > i) expect(l[i * n + j]).toBe(0);
          }
        times(l, solveLower(l, b)).forEach((value, i) => expect(value).toBeCloseTo(b[i]!, 8));
        times(a, solvePositiveDefinite(a, b)).forEach((value, i) => expect(value).toBeCloseTo(b[i]!, 8));
        times(invertPositiveDefinite(a, n), b).forEach((value, i) =>
          expect(value).toBeCloseTo(solvePositiveDefinite(a, b)[i]!, 8),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('reads the lower triangle alone, and says NaN of a matrix that is not positive definite', () => {
    expect([...cholesky(Float64Array.of(4, NaN, 2, 5), 2)]).toEqual([2, 0, 1, 2]);
    expect(solvePositiveDefinite(Float64Array.of(1, 0, 2, 1), Float64Array.of(1, 1)).every(Number.isNaN)).toBe(true);
  });
});
