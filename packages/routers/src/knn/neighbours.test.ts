import { createMatrix, normalizeRows, rowOf } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from './neighbours.js';

describe('nearest', () => {
  it('is the head of a full sort, equal similarities in row order', () => {
    const small = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 2, maxLength: 80 });
    fc.assert(
      fc.property(small, fc.integer({ min: 1, max: 50 }), (numbers, count) => {
        const rows = Math.floor(numbers.length / 2);
        const space = normalizeRows(createMatrix(rows, 2, Float32Array.from(numbers.slice(0, rows * 2))));
        const vector = Float32Array.of(0.6, 0.8);
        const all = Int32Array.from({ length: rows }, (_, i) => i);
        const dot = (i: number) => rowOf(space, i).reduce((sum, x, d) => sum + x * vector[d]!, 0);
        const sorted = [...all].sort((a, b) => dot(b) - dot(a) || a - b).slice(0, count);
        expect([...nearest(space, all, vector, count).rows]).toEqual(sorted);
      }),
    );
  });

  it('finds only rows it may find', () => {
    const space = createMatrix(3, 1, Float32Array.of(1, 0.5, 0.2));
    expect([...nearest(space, Int32Array.of(1, 2), Float32Array.of(1), 5).rows]).toEqual([1, 2]);
  });
});
