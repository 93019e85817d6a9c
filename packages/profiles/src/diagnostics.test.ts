import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMatrix } from '@routeprofile/schema';
import { profileDiagnostics } from './diagnostics.js';
import { matrix } from './testing/toy.js';

describe('profileDiagnostics', () => {
  it('gives cosines, norms and the nearest pair', () => {
    const figures = profileDiagnostics({ models: ['a', 'b', 'c'], vectors: matrix([2, 0], [0, 3], [1, 1]) });
    expect(figures.nearest).toEqual(['a', 'c']);
    expect(figures.maxNorm).toBe(3);
    expect(figures.minCosine).toBe(0);
    expect(figures.minNorm).toBeCloseTo(Math.SQRT2, 6);
    expect(figures.meanCosine).toBeCloseTo(Math.SQRT2 / 3, 6);
    expect(figures.maxCosine).toBeCloseTo(Math.SQRT1_2, 6);
  });

  it('leaves out cosines where there is one model, and counts zero vectors as unlike anything', () => {
    expect(profileDiagnostics({ models: ['a'], vectors: matrix([3, 4]) })).toEqual({ minNorm: 5, maxNorm: 5 });
    const zero = profileDiagnostics({ models: ['a', 'b'], vectors: matrix([0, 0], [1, 0]) });
    expect(zero).toMatchObject({ minNorm: 0, meanCosine: 0, minCosine: 0, maxCosine: 0 });
  });

  it('is finite and ordered for any finite vectors', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.float({ noNaN: true, noDefaultInfinity: true }),
            fc.float({ noNaN: true, noDefaultInfinity: true }),
          ),
        ),
        (rows) => {
          const models = rows.map((_, i) => `m${i}`);
          const vectors = createMatrix(rows.length, 2, Float32Array.from(rows.flat()));
          const { nearest, ...figures } = profileDiagnostics({ models, vectors });
          for (const value of Object.values(figures)) expect(Number.isFinite(value)).toBe(true);
          expect(nearest === undefined).toBe(rows.length < 2);
          expect(figures.minNorm).toBeLessThanOrEqual(figures.maxNorm);
          if (figures.meanCosine !== undefined) {
            expect(figures.minCosine! - 1e-6).toBeLessThanOrEqual(figures.meanCosine);
            expect(figures.maxCosine! + 1e-6).toBeGreaterThanOrEqual(figures.meanCosine);
          }
        },
      ),
    );
  });
});
