import { createRandom } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricEigen } from './eigen.js';

describe('symmetricEigen', () => {
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
      }),
      { numRuns: 50 },
    );
  });

  it('refuses what is not finite', () => {
    expect(() => symmetricEigen(Float64Array.of(1, NaN, NaN, 1), 2)).toThrow(/not finite/);
  });
});
