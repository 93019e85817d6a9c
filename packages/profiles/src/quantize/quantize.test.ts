import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createMatrix,
  createRandom,
  provenanceSchema,
  rowOf,
  type Matrix,
  type ProfileSet,
} from '@routeprofile/schema';
import { symmetricEigen } from '@routeprofile/numerics';
import { syntheticProfileInput } from '@routeprofile/schema/testing';
import { advantageProfile } from '../advantage/advantage-profile.js';
import { roundToInt8 } from './int8.js';
import { principalComponents, project } from './pca.js';
import { quantizeProfiles } from './quantize-profiles.js';
import { formatQuantization, parseQuantization } from './spec.js';

/** Rows near a space of few directions, of falling weight. */
function lowRank(rows: number, cols: number, rank: number, noise = 0): Matrix {
  const random = createRandom(4, 'low rank');
  const directions = Array.from({ length: rank }, () => Array.from({ length: cols }, () => random.normal()));
  const out = createMatrix(rows, cols);
  for (let i = 0; i < rows; i++) {
    const weights = directions.map((_, r) => random.normal() / (r + 1));
    rowOf(out, i).forEach((_, d, row) => {
      row[d] = 3 + noise * random.normal() + weights.reduce((sum, w, r) => sum + w * directions[r]![d]!, 0);
    });
  }
  return out;
}
const largestGap = (a: Matrix, b: Matrix) =>
  a.data.reduce((most, x, at) => Math.max(most, Math.abs(x - b.data[at]!)), 0);
const matrices = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 9 })).chain(([rows, cols]) =>
  fc
    .array(fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e6), max: Math.fround(1e6) }), {
      minLength: rows * cols,
      maxLength: rows * cols,
    })
    .map((data) => createMatrix(rows, cols, Float32Array.from(data))),
);

describe('a quantization', () => {
  it('is read and written in its short form', () => {
    expect(parseQuantization('int8')).toEqual({ kind: 'int8' });
    expect(parseQuantization('pca:16')).toEqual({ kind: 'pca', components: 16 });
    for (const text of ['int8', 'pca:1', 'pca:4096']) expect(formatQuantization(parseQuantization(text))).toBe(text);
    for (const text of ['', 'int4', 'pca', 'pca:', 'pca:0', 'pca:-1', 'pca:1.5', 'pca:4097', 'pca: 3', 'INT8'])
      expect(() => parseQuantization(text), text).toThrow(/there is no compression called/);
  });
});

describe('int8', () => {
  it('is off by half a scale at most, keeps zeros and what is not measured, and is stable', () => {
    fc.assert(
      fc.property(matrices, (matrix) => {
        const read = roundToInt8(matrix);
        for (let i = 0; i < matrix.rows; i++) {
          const [before, after] = [rowOf(matrix, i), rowOf(read, i)];
          const largest = before.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
          before.forEach((x, d) => {
            expect(Math.abs(x - after[d]!)).toBeLessThanOrEqual(0.5001 * (largest / 127) + 1e-30);
            if (x === 0) expect(Math.abs(after[d]!)).toBe(0);
          });
        }
        expect(roundToInt8(read)).toEqual(read);
      }),
    );
    expect([...roundToInt8(createMatrix(1, 3, Float32Array.of(NaN, 1, -0.5))).data]).toEqual([
      NaN,
      expect.closeTo(1, 4),
      expect.closeTo(-0.5, 2),
    ]);
    expect([...roundToInt8(createMatrix(1, 2)).data]).toEqual([0, 0]);
  });
});

describe('principal components', () => {
  it('give rows of few directions back, by rows or by columns', () => {
    for (const [rows, cols] of [
      [40, 12],
      [12, 40],
      [60, 30],
      [5, 3],
      [1, 4],
    ] as const) {
      const matrix = lowRank(rows, cols, 3);
      const found = principalComponents(matrix, 3);
      expect(found.axes.rows).toBeLessThanOrEqual(3);
      expect(largestGap(matrix, project(matrix, found))).toBeLessThan(1e-5);
    }
  });

  it('are orthonormal, and as many as were asked for, the widest first', () => {
    const matrix = lowRank(80, 40, 40, 0.1);
    const { axes } = principalComponents(matrix, 6);
    expect(axes.rows).toBe(6);
    const row = (c: number) => rowOf(axes, c);
    for (let a = 0; a < 6; a++)
      for (let b = 0; b <= a; b++)
        expect(row(a).reduce((sum, x, d) => sum + x * row(b)[d]!, 0)).toBeCloseTo(a === b ? 1 : 0, 6);
    const errors = [1, 2, 4, 8, 16, 39, 40].map((n) => {
      const read = project(matrix, principalComponents(matrix, n));
      return Math.sqrt(matrix.data.reduce((sum, x, at) => sum + (x - read.data[at]!) ** 2, 0));
    });
    errors.slice(1).forEach((error, i) => expect(error).toBeLessThan(errors[i]!));
    expect(errors.at(-1)).toBeLessThan(1e-4);
  });

  it('are the eigenvectors of the largest eigenvalues', () => {
    const n = 30;
    const matrix = lowRank(60, n, n, 0.2);
    const mean = Array.from(
      { length: n },
      (_, d) => Array.from({ length: 60 }, (__, i) => rowOf(matrix, i)[d]!).reduce((a, b) => a + b) / 60,
    );
    const gram = new Float64Array(n * n);
    for (let i = 0; i < 60; i++)
      for (let a = 0; a < n; a++)
        for (let b = 0; b < n; b++)
          gram[a * n + b]! += (rowOf(matrix, i)[a]! - mean[a]!) * (rowOf(matrix, i)[b]! - mean[b]!);
    const whole = symmetricEigen(gram, n);
    const { axes } = principalComponents(matrix, 4);
    for (let c = 0; c < 4; c++) {
      let cosine = 0;
      for (let d = 0; d < n; d++) cosine += whole.vectors[c * n + d]! * axes.data[c * n + d]!;
      expect(Math.abs(cosine)).toBeCloseTo(1, 5);
    }
  });
});

describe('quantizing profiles', () => {
  const keyedSet = async (): Promise<ProfileSet> =>
    advantageProfile.build(await syntheticProfileInput(), advantageProfile.options.parse({}), { seed: 1 });

  it('int8: counts bytes, tells errors, and leaves the given set as it was', async () => {
    const set = await keyedSet();
    const before = structuredClone(set);
    const { set: smaller, ...figures } = quantizeProfiles(set, { kind: 'int8' });
    expect(set).toEqual(before);
    const [models, dimensions, keys] = [3, 16, 6];
    expect(figures).toMatchObject({
      bytesPerModelBefore: 4 * (dimensions + keys + 1),
      bytesBefore: models * 4 * (dimensions + keys + 1) + 4 * keys * dimensions,
      bytesPerModel: dimensions + 4 + keys + 4 + 4,
      bytes: models * (dimensions + 4 + keys + 4 + 4) + keys * (dimensions + 4),
    });
    for (const error of [figures.reconstructionError, figures.keysError!, figures.scoresError!]) {
      expect(error).toBeGreaterThan(0);
      expect(error).toBeLessThan(0.01);
    }
    expect(smaller.keyed!.scores.data.map((x) => Number(Number.isNaN(x)))).toEqual(
      set.keyed!.scores.data.map((x) => Number(Number.isNaN(x))),
    );
    expect([smaller.biases, smaller.state, smaller.keyed!.labels]).toEqual([set.biases, set.state, set.keyed!.labels]);
    expect(provenanceSchema.parse(smaller.provenance).diagnostics).toMatchObject(figures);
    expect(smaller.provenance.notes).toContainEqual(
      expect.stringMatching(/^compressed by int8: \d+ bytes instead of \d+$/),
    );
  });

  it('pca: keeps scores, shares components, and loses nothing where there are enough', async () => {
    const set = await keyedSet();
    const { set: smaller, ...figures } = quantizeProfiles(set, { kind: 'pca', components: 2 });
    // Three models differ along two directions at most; here the third stands at the origin.
    expect(figures.bytesPerModel).toBe(4 * (2 + 6 + 1));
    expect(figures.reconstructionError).toBeLessThan(1e-6);
    expect(figures.keysError).toBeGreaterThan(0.01);
    expect(smaller.keyed!.scores).toEqual(set.keyed!.scores);
    expect(quantizeProfiles(set, { kind: 'pca', components: 16 }).keysError).toBeLessThan(1e-6);
  });

  it('works on a set without keys, and twice on the same gives the same', () => {
    const models = Array.from({ length: 50 }, (_, m) => `m${m}`);
    const provenance = { ...plain, diagnostics: {} };
    const set: ProfileSet = { models, vectors: lowRank(50, 20, 20, 0.1), provenance };
    const { set: smaller, ...figures } = quantizeProfiles(set, { kind: 'pca', components: 5 });
    expect(figures).toMatchObject({ bytesBefore: 4_000, bytes: 4 * (50 * 5 + 6 * 20), bytesPerModel: 20 });
    expect(smaller.keyed).toBeUndefined();
    expect(quantizeProfiles(set, { kind: 'pca', components: 5 }).set).toEqual(smaller);
    const once = quantizeProfiles(set, { kind: 'int8' }).set;
    expect(quantizeProfiles(once, { kind: 'int8' }).set.vectors).toEqual(once.vectors);
  });

  const plain: ProfileSet['provenance'] = {
    strategy: 'imported',
    options: {},
    designPoint: { form: 'flat', representation: 'embedding', hops: 0, learning: 'training-free' },
    encoder: null,
    graph: null,
    seed: 0,
    versions: {},
  };
});
