import { createMatrix, createRandom, normalizeRows } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { kMeans } from './k-means.js';

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
