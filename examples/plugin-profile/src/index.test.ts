import { createMatrix, createRandom, parseOptions, rowOf, type Matrix } from '@routeprofile/schema';
import { describeProfileContract, syntheticProfileInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { commonPart, withoutCommonPart } from './common-part.js';
import { principalDirections } from './directions.js';
import profile from './index.js';

describeProfileContract({ describe, it, expect }, profile);
describeProfileContract({ describe, it, expect }, profile, { options: { remove: 0 } });
describeProfileContract({ describe, it, expect }, profile, { options: { remove: 50 } });

const ctx = { seed: 1 };
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, d) => sum + x * b[d]!, 0);

/** Rows with a large common part, a wide first axis and noise. */
function cards(n: number, dimensions: number): Matrix {
  const random = createRandom(7, 'cards');
  const out = createMatrix(n, dimensions);
  for (let i = 0; i < n; i++) {
    const along = 3 * random.normal();
    rowOf(out, i).forEach((_, d, row) => (row[d] = 10 + (d === 0 ? along : 0) + 0.1 * random.normal()));
  }
  return out;
}

describe('all but the top', () => {
  it('finds the axis along which cards differ most', () => {
    const { directions } = commonPart(cards(40, 6), 1);
    expect(Math.abs(directions.data[0]!)).toBeGreaterThan(0.99);
  });

  it('takes the mean and the directions away', () => {
    const vectors = cards(40, 6);
    const common = commonPart(vectors, 2);
    const left = withoutCommonPart(vectors, common);
    for (let i = 0; i < left.rows; i++) {
      expect(Math.hypot(...rowOf(left, i))).toBeCloseTo(1, 5);
      for (let k = 0; k < 2; k++) expect(dot(rowOf(left, i), rowOf(common.directions, k))).toBeCloseTo(0, 4);
    }
  });

  it('makes cards that all look alike point everywhere', () => {
    const vectors = cards(40, 6);
    const meanCosine = (matrix: Matrix) => {
      const rows = Array.from({ length: matrix.rows }, (_, i) => rowOf(matrix, i));
      const cosines = rows.flatMap((a, i) =>
        rows.slice(i + 1).map((b) => dot(a, b) / Math.hypot(...a) / Math.hypot(...b)),
      );
      return cosines.reduce((sum, x) => sum + x, 0) / cosines.length;
    };
    expect(meanCosine(vectors)).toBeGreaterThan(0.95);
    expect(Math.abs(meanCosine(withoutCommonPart(vectors, commonPart(vectors, 1))))).toBeLessThan(0.1);
  });

  it('finds no more directions than there are, and none in rows that are all the same', () => {
    const two = createMatrix(3, 4, Float32Array.of(1, 0, 0, 0, -1, 1, 0, 0, 0, -1, 0, 0));
    expect(principalDirections(two, 4).rows).toBe(2);
    expect(principalDirections(createMatrix(3, 4), 2).rows).toBe(0);
  });

  it('lets a model join, and the others keep every bit', async () => {
    const input = await syntheticProfileInput();
    const options = parseOptions(profile, {});
    const set = await profile.build(input, options, ctx);
    const more = await profile.extend!(set, { ...input, models: [...input.models, 'delta'] }, options, ctx);
    expect(more.models).toEqual([...input.models, 'delta']);
    expect([...more.vectors.data.subarray(0, set.vectors.data.length)]).toEqual([...set.vectors.data]);
    const all = await profile.build({ ...input, models: [...input.models, 'delta'] }, options, ctx);
    expect([...more.vectors.data]).toEqual([...all.vectors.data]);
    await expect(
      profile.extend!({ ...set, state: {} }, { ...input, models: ['delta'] }, options, ctx),
    ).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
  });
});
