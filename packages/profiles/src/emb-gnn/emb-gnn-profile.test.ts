import { describe, expect, it } from 'vitest';
import { parseOptions, provenanceSchema, rowOf } from '@routeprofile/schema';
import { describeProfileContract, syntheticProfileInput } from '@routeprofile/schema/testing';
import { embGnnProfile } from './emb-gnn-profile.js';

const runner = { describe, it, expect };
describeProfileContract(runner, embGnnProfile);
describeProfileContract(runner, embGnnProfile, { options: { compat: true, hops: 1 } });
describeProfileContract(runner, embGnnProfile, { options: { hops: 0 } });

const build = async (options: Record<string, unknown>) =>
  embGnnProfile.build(await syntheticProfileInput(), parseOptions(embGnnProfile, options), { seed: 1 });

describe('emb-gnn', () => {
  it('gives unit rows by default, and raw rows under compat', async () => {
    const norms = ({ vectors }: Awaited<ReturnType<typeof build>>) =>
      Array.from({ length: vectors.rows }, (_, i) => Math.hypot(...rowOf(vectors, i)));
    for (const norm of norms(await build({}))) expect(norm).toBeCloseTo(1, 6);
    for (const norm of norms(await build({ compat: true, normalize: true }))) expect(norm).toBeCloseTo(1, 6);
    for (const norm of norms(await build({ compat: true }))) expect(Math.abs(norm - 1)).toBeGreaterThan(1e-3);
  });

  it('says in its provenance what every repair was set to', async () => {
    const { provenance } = await build({ compat: true, hops: 1 });
    expect(provenance.options).toEqual({
      hops: 1,
      norm: 'sym',
      compat: true,
      self: 0,
      scores: 'global',
      sources: 'together',
      floor: 0,
      divisor: 'relations',
      normalize: false,
    });
    expect(provenance.designPoint.hops).toBe(1);
    expect(provenanceSchema.parse(provenance).diagnostics?.['meanCosine']).toBeGreaterThan(-1);
    expect(provenance.versions['@routeprofile/profiles']).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('each repair changes the profiles', async () => {
    const published = await build({ compat: true });
    const plain = { self: 0, scores: 'global', sources: 'together', floor: 0, divisor: 'relations', normalize: false };
    expect((await build(plain)).vectors).toEqual(published.vectors);
    for (const repair of [{ self: 0.5 }, { scores: 'per-task' }, { floor: 0.1 }, { normalize: true }])
      expect((await build({ ...plain, ...repair })).vectors, JSON.stringify(repair)).not.toEqual(published.vectors);
  });

  it('refuses options that contradict compat, are out of range or unknown', () => {
    const message = (options: Record<string, unknown>) => () => parseOptions(embGnnProfile, options);
    expect(message({ compat: true, self: 0.5 })).toThrow(/compat: true means self=0/);
    expect(message({ compat: true, scores: 'per-task', floor: 0.2 })).toThrow(/scores=global.*floor=0/);
    expect(message({ hops: -1 })).toThrow(/hops/);
    expect(message({ norm: 'rw' })).toThrow(/norm/);
    expect(message({ hop: 1 })).toThrow(/hop/);
    expect(parseOptions(embGnnProfile, { compat: true, self: 0 }).self).toBe(0);
    // What was parsed may be parsed again, as provenance is.
    const parsed = parseOptions(embGnnProfile, { compat: true });
    expect(parseOptions(embGnnProfile, { ...parsed })).toEqual(parsed);
  });

  it('needs features', async () => {
    const input = { ...(await syntheticProfileInput()), features: undefined };
    await expect(embGnnProfile.build(input, parseOptions(embGnnProfile, {}), { seed: 1 })).rejects.toThrow(/features/);
  });
});
