import { createMatrix, createRandom, RouteProfileError, takeRows } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import {
  createRuntime,
  dropoutMask,
  glorotUniform,
  linearWeights,
  createTowerEvaluator,
  createPlainTowerEvaluator,
  toVariables,
  tower,
  towerShape,
  towerWeights,
  twoTowerWeights,
} from '../index.js';

const vectors = (rows: number, columns: number) => {
  const random = createRandom(2, 'vectors');
  return createMatrix(
    rows,
    columns,
    Float32Array.from({ length: rows * columns }, () => random.normal()),
  );
};

describe('initialisers', () => {
  it('follow PyTorch’s laws', () => {
    const { weight, bias } = linearWeights(createRandom(1, 'w'), 400, 300);
    const all = [...weight.data, ...bias.data];
    expect(Math.max(...all.map(Math.abs))).toBeLessThanOrEqual(0.05);
    expect(Math.max(...all.map(Math.abs))).toBeGreaterThan(0.0499);
    // Uniform in ±b has variance b² / 3.
    const variance = weight.data.reduce((sum, x) => sum + x * x, 0) / weight.data.length;
    expect(variance).toBeCloseTo(0.05 ** 2 / 3, 5);
    const glorot = glorotUniform(createRandom(1, 'g'), 30, 20);
    const bound = Math.sqrt(6 / 50);
    const largest = Math.max(...glorot.data.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(bound);
    expect(largest).toBeGreaterThan(0.95 * bound);
  });

  it('have as many parameters as the published router at its sizes', () => {
    const shape = { input: 768, hidden: 512, output: 256, layers: 2 };
    const weights = twoTowerWeights((label) => createRandom(1, label), shape);
    expect(Object.values(weights).reduce((sum, { data }) => sum + data.length, 0)).toBe(1_052_160);
  });

  it('give the same weights for the same seed and others for another', () => {
    const shape = { input: 5, hidden: 4, output: 3, layers: 3 };
    const make = (seed: number) => towerWeights(createRandom(seed, 'w'), shape, 't');
    expect(make(1)).toEqual(make(1));
    expect(make(1)['t.0.weight']).not.toEqual(make(2)['t.0.weight']);
    expect(towerShape(make(1), 't')).toEqual(shape);
  });
});

describe('dropoutMask', () => {
  it('drops the share asked for and keeps the mean at one', () => {
    const mask = dropoutMask(createRandom(1, 'mask'), 100, 200, 0.25);
    const dropped = mask.filter((x) => x === 0).length / mask.length;
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.01);
    expect(Math.abs(mask.reduce((a, b) => a + b, 0) / mask.length - 1)).toBeLessThan(0.02);
  });
});

describe.each([
  { input: 13, hidden: 9, output: 5, layers: 3 },
  { input: 32, hidden: 16, output: 8, layers: 2 },
  { input: 6, hidden: 1, output: 7, layers: 1 },
])('a tower of $layers layers', (shape) => {
  const weights = towerWeights(createRandom(4, 'tower'), shape, 'query');
  const x = vectors(131, shape.input);

  it('gives the same rows on kernels, in plain JavaScript and on every backend', async () => {
    const expected = createPlainTowerEvaluator(weights, 'query')(x).data;
    const near = (values: ArrayLike<number>) =>
      expected.forEach((value, i) => expect(Math.abs(values[i]! - value)).toBeLessThan(1e-6));
    near((await createTowerEvaluator(weights, 'query'))(x).data);
    for (const backend of ['cpu', 'wasm', 'embedded'] as const) {
      const { tf } = await createRuntime({ backend });
      near(
        tf.tidy(() => tower(tf, tf.tensor2d(x.data, [x.rows, x.cols]), toVariables(tf, weights), 'query').dataSync()),
      );
    }
  });

  it('does not let one row depend on its batch', async () => {
    const run = await createTowerEvaluator(weights, 'query');
    const all = run(x);
    for (const i of [0, 63, 64, 130])
      expect([...run(takeRows(x, [i])).data]).toEqual([...all.data.slice(i * shape.output, (i + 1) * shape.output)]);
    expect(run(createMatrix(0, shape.input)).rows).toBe(0);
  });
});

describe('towerShape', () => {
  it('names what is missing or does not fit', () => {
    const weights = towerWeights(createRandom(4, 'tower'), { input: 3, hidden: 4, output: 2, layers: 2 }, 'query');
    const { 'query.0.gamma': _gamma, ...without } = weights;
    expect(() => towerShape(without, 'query')).toThrow(/query\.0\.gamma is missing/);
    const short = { ...weights, 'query.1.bias': { shape: [2], data: new Float32Array(1) } };
    expect(() => towerShape(short, 'query')).toThrow(/query\.1\.bias/);
    try {
      towerShape({}, 'query');
    } catch (error) {
      expect(RouteProfileError.isInstance(error) && error.code).toBe('CORRUPT_FILE');
    }
    expect.assertions(3);
  });
});
