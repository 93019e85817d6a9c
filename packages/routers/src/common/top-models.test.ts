import { createMatrix, createRandom, rowOf } from '@routeprofile/schema';
import { rowDots, rowProducts } from '@routeprofile/numerics';
import { describe, expect, it } from 'vitest';
import { topModels } from './top-models.js';

describe('topModels', () => {
  it('gives rows and scores, best first', () => {
    const profiles = createMatrix(3, 2, Float32Array.of(1, 0, 0, 1, 0.6, 0.8));
    const found = topModels(profiles, Float32Array.of(0, 1), 2);
    expect(found.map(({ index }) => index)).toEqual([1, 2]);
    expect(found[1]?.score).toBeCloseTo(0.8, 6);
    expect(topModels(profiles, Float32Array.of(0, 1), 0)).toEqual([]);
    expect(() => topModels(profiles, Float32Array.of(1), 1)).toThrow(/1 dimensions/);
    expect(() => topModels(profiles, Float32Array.of(0, 1), 1.5)).toThrow(/k is 1.5/);
  });
});

describe('rowDots', () => {
  it('sums in double precision, whatever stands beside a row', () => {
    const random = createRandom(1);
    const b = createMatrix(
      7,
      33,
      Float32Array.from({ length: 231 }, () => random.normal()),
    );
    const a = createMatrix(
      2,
      33,
      Float32Array.from({ length: 66 }, () => random.normal()),
    );
    const all = new Float64Array(7);
    rowDots(b, rowOf(a, 1), all);
    for (let i = 0; i < 7; i++) {
      const exact = rowOf(b, i).reduce((sum, x, d) => sum + x * a.data[33 + d]!, 0);
      expect(all[i]).toBe(exact);
      expect(rowProducts(a, b).data[7 + i]).toBe(Math.fround(exact));
    }
  });
});
