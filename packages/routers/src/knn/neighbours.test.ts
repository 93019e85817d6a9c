import { createMatrix, createRandom, normalizeRows, rowOf } from '@routeprofile/schema';
import { rowProducts } from '@routeprofile/numerics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closestFirst, highest, createSearch } from './neighbours.js';

describe('highest', () => {
  it('is the head of a full sort, equal similarities in row order', () => {
    const small = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(small, fc.integer({ min: 1, max: 50 }), (numbers, count) => {
        const similarities = Float32Array.from(numbers);
        const sorted = [...numbers.keys()].sort((a, b) => numbers[b]! - numbers[a]! || a - b).slice(0, count);
        const found = highest(similarities, count);
        expect([...closestFirst(found).rows]).toEqual(sorted);
        expect([...found.rows]).toEqual(sorted.sort((a, b) => a - b));
      }),
    );
  });

  it('takes all there are when more are asked for, and none of nothing', () => {
    expect([...highest(Float32Array.of(1, 3, 2), 9).rows]).toEqual([0, 1, 2]);
    expect([...highest(new Float32Array(0), 3).rows]).toEqual([]);
  });
});

describe('createSearch', () => {
  it('compares every vector with every row, alone as among others', async () => {
    const random = createRandom(1, 'search');
    const some = (rows: number) =>
      normalizeRows(
        createMatrix(
          rows,
          5,
          Float32Array.from({ length: rows * 5 }, () => random.normal()),
        ),
      );
    const [space, vectors] = [some(37), some(70)];
    const search = await createSearch(space);
    const cosines = search(vectors);
    const expected = rowProducts(vectors, space);
    cosines.data.forEach((c, k) => expect(c).toBeCloseTo(expected.data[k]!, 6));
    expect(search(createMatrix(1, 5, rowOf(vectors, 69))).data).toEqual(rowOf(cosines, 69));
  });
});
