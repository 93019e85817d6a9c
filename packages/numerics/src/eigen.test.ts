import { createRandom } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricEigen, upright } from './eigen.js';

describe('symmetricEigen', () => {
  it.each([1e-300, 1e-200, 1e200, 1e300])('is as exact where entries are of size %s', (size) => {
    const a = Float64Array.of(2, 1, 0, 1, 3, 1, 0, 1, 4);
    const plain = symmetricEigen(a, 3);
    const scaled = symmetricEigen(
      a.map((x) => x * size),
      3,
    );
    scaled.values.forEach((value, k) => expect(value / size).toBeCloseTo(plain.values[k]!, 12));
    scaled.vectors.forEach((x, k) => expect(x).toBeCloseTo(plain.vectors[k]!, 12));
  });

  it('takes any symmetric matrix apart, of any rank', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 12 }), (seed, n, rank) => {
        const random = createRandom(seed);
        const a = new Float64Array(n * n);
        for (let r = 0; r < rank; r++) {
          const v = Array.from({ length: n }, () => random.normal());
          const sign = r % 2 === 0 ? 1 : -1;
          for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) a[i * n + j]! += sign * v[i]! * v[j]!;
        }
        const { values, vectors } = symmetricEigen(a, n);
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) {
            let rebuilt = 0;
            let inner = 0;
            for (let k = 0; k < n; k++) {
              rebuilt += values[k]! * vectors[k * n + i]! * vectors[k * n + j]!;
              inner += vectors[i * n + k]! * vectors[j * n + k]!;
            }
            expect(rebuilt).toBeCloseTo(a[i * n + j]!, 8);
            expect(inner).toBeCloseTo(i === j ? 1 : 0, 8);
          }
        expect([...values]).toEqual([...values].sort((x, y) => y - x));
        const scale = Math.max(1, Math.abs(values[0]!), Math.abs(values[n - 1]!));
        for (let k = 0; k < n; k++) {
          const vector = vectors.subarray(k * n, (k + 1) * n);
          for (let i = 0; i < n; i++) {
            // A v = λ v
            const image = vector.reduce((sum, v, j) => sum + a[i * n + j]! * v, 0);
            expect((image - values[k]! * vector[i]!) / scale).toBeCloseTo(0, 12);
          }
          expect(upright(vector)).toEqual(vector.slice());
        }
      }),
      { numRuns: 50 },
    );
  });

  it('finds the eigenvalues of a matrix by hand', () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expect([...values]).toEqual([expect.closeTo(3, 12), expect.closeTo(1, 12)]);
    expect([...vectors.subarray(0, 2)]).toEqual([expect.closeTo(Math.SQRT1_2, 12), expect.closeTo(Math.SQRT1_2, 12)]);
    expect([...symmetricEigen(Float64Array.of(5), 1).values]).toEqual([5]);
  });

  it('refuses what is not finite', () => {
    expect(() => symmetricEigen(Float64Array.of(1, NaN, NaN, 1), 2)).toThrow(/not finite/);
  });
});
