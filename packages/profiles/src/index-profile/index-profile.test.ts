import { describe, expect, it } from 'vitest';
import { parseOptions, rowOf } from '@routeprofile/schema';
import { describeProfileContract, syntheticProfileInput, toyEncoder } from '@routeprofile/schema/testing';
import { indexProfile } from './index-profile.js';

const runner = { describe, it, expect };
describeProfileContract(runner, indexProfile);
describeProfileContract(runner, indexProfile, { options: { compat: true }, orderIndependent: false });

const build = async (options: Record<string, unknown>, seed = 42, dimensions = 768) =>
  indexProfile.build(
    { ...(await syntheticProfileInput()), encoder: toyEncoder(dimensions) },
    parseOptions(indexProfile, options),
    { seed },
  );

describe('index', () => {
  it('has unit length and follows the seed', async () => {
    const { vectors, provenance } = await build({});
    for (let i = 0; i < vectors.rows; i++) expect(Math.hypot(...rowOf(vectors, i))).toBeCloseTo(1, 6);
    expect((await build({}, 43)).vectors).not.toEqual(vectors);
    expect((await build({ seed: 42 }, 7)).vectors).toEqual(vectors);
    expect(provenance.options).toEqual({ compat: false, seed: 42, dimensions: 768 });
    expect(provenance.encoder).toBeNull();
    const { nearestFirst, nearestSecond, maxCosine } = provenance.diagnostics ?? {};
    const [a, b] = [rowOf(vectors, nearestFirst ?? -1), rowOf(vectors, nearestSecond ?? -1)];
    expect(a.reduce((sum, x, d) => sum + x * b[d]!, 0)).toBeCloseTo(maxCosine ?? NaN, 6);
  });

  it('under compat gives the published vectors whatever the run is seeded with', async () => {
    const { vectors } = await build({ compat: true }, 1);
    for (const [d, x] of [-0.18177, -1.26264, 0.1653, 0.37045].entries()) expect(vectors.data[d]).toBeCloseTo(x, 4);
    expect(Math.hypot(...rowOf(vectors, 1))).toBeCloseTo(26.96103, 4);
  });

  it('is as wide as asked', async () => {
    expect((await build({ dimensions: 5 })).vectors.cols).toBe(5);
    await expect(build({ dimensions: 5, compat: true })).rejects.toThrow(/fewer than 16/);
  });
});
