import { createMatrix, createRandom, normalizeRows } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { comparedNeighbours, listedNeighbours } from './held-out.js';
import { listQueries, openLists } from './listed-queries.js';

const random = createRandom(4, 'held out');
const space = normalizeRows(
  createMatrix(
    200,
    6,
    Float32Array.from({ length: 1_200 }, () => random.normal()),
  ),
);
const foldOf = Int32Array.from({ length: 200 }, () => random.int(5));

describe('neighbours of held-out queries', () => {
  it('are of other folds, the closest first, by either search', async () => {
    const lists = openLists('knn', space, await listQueries(space, { seed: 1 }));
    const asked = [3, 77, 150];
    const [compared, listed] = [
      await comparedNeighbours(space, foldOf)(asked, 12),
      await listedNeighbours(lists, space, foldOf)(asked, 12),
    ];
    asked.forEach((query, i) => {
      const cosine = (row: number) => {
        let sum = 0;
        for (let d = 0; d < 6; d++) sum += space.data[query * 6 + d]! * space.data[row * 6 + d]!;
        return sum;
      };
      const others = [...foldOf.keys()].filter((row) => foldOf[row] !== foldOf[query]);
      const wanted = others.sort((a, b) => cosine(b) - cosine(a)).slice(0, 12);
      expect([...compared[i]!.rows]).toEqual(wanted);
      expect(listed[i]!.rows.every((row) => foldOf[row] !== foldOf[query])).toBe(true);
      listed[i]!.similarities.forEach((similarity, at) => expect(similarity).toBeCloseTo(cosine(wanted[at]!), 1));
    });
  });
});
