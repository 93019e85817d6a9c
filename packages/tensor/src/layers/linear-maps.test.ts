import { createMatrix, createRandom, rowOf, takeRows } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { linearWeights, createLinearMaps, createPlainLinearMaps } from '../index.js';

const random = createRandom(3, 'linear maps');
const matrix = (rows: number, cols: number) =>
  createMatrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  );

describe('linear maps without a backend', () => {
  const maps = {
    a: linearWeights(random, 70, 33),
    b: { weight: linearWeights(random, 33, 8).weight },
    c: linearWeights(random, 5, 1),
  };

  it('equal plain JavaScript bit for bit, in any batch', async () => {
    const [fast, plain] = [await createLinearMaps(maps), createPlainLinearMaps(maps)];
    for (const [name, width] of [
      ['a', 70],
      ['b', 33],
      ['c', 5],
    ] as const) {
      const x = matrix(131, width);
      const out = fast.apply(name, x);
      expect(out).toEqual(plain.apply(name, x));
      for (const i of [0, 63, 130]) expect(fast.apply(name, takeRows(x, [i])).data).toEqual(rowOf(out, i));
    }
  });

  it('multiply given matrices, growing as they need, and leave the maps as they were', async () => {
    const [fast, plain] = [await createLinearMaps(maps), createPlainLinearMaps(maps)];
    const x = matrix(3, 70);
    const before = fast.apply('a', x);
    for (const [n, k, m] of [
      [1, 1, 1],
      [7, 130, 9],
      [300, 256, 257],
    ] as const) {
      const [left, right] = [matrix(n, k), matrix(k, m)];
      expect(fast.multiply(left, right)).toEqual(plain.multiply(left, right));
    }
    expect(fast.apply('a', x)).toEqual(before);
    expect(() => fast.multiply(matrix(2, 3), matrix(2, 3))).toThrow(/second factor/);
  });

  it('take other numbers in place', async () => {
    const fast = await createLinearMaps(maps);
    const others = { ...maps, a: linearWeights(random, 70, 33) };
    fast.load(others);
    const x = matrix(4, 70);
    expect(fast.apply('a', x)).toEqual(createPlainLinearMaps(others).apply('a', x));
  });

  it('refuse arrays that do not fit', async () => {
    const weight = { shape: [2, 3], data: new Float32Array(5) };
    await expect(createLinearMaps({ wrong: { weight } })).rejects.toThrow(/wrong is \[2, 3\]/);
    const maps = await createLinearMaps({ a: { weight: { shape: [2, 3], data: new Float32Array(6) } } });
    expect(() => maps.apply('a', createMatrix(1, 3))).toThrow(/rows of a/);
  });
});
