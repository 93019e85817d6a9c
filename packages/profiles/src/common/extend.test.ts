import { describe, expect, it } from 'vitest';
import {
  createMatrix,
  parseOptions,
  RouteProfileError,
  rowOf,
  type HeteroGraph,
  type ProfileInput,
  type ProfileStrategy,
} from '@routeprofile/schema';
import { syntheticProfileInput, toyEncoder } from '@routeprofile/schema/testing';
import { embGnnProfile } from '../emb-gnn/emb-gnn-profile.js';
import { flatProfile } from '../flat/flat-profile.js';
import { indexProfile } from '../index-profile/index-profile.js';

const ctx = { seed: 5 };
const bytes = (data: Float32Array) => [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];

/** The synthetic input, and the same before `delta`, its last model, was there. */
async function growing(): Promise<{ small: ProfileInput; whole: ProfileInput }> {
  const whole = await syntheticProfileInput();
  const gone = 3;
  const graph: HeteroGraph = {
    ...whole.graph,
    hash: 'before delta',
    nodes: whole.graph.nodes.map((set) =>
      set.type === 'model' ? { ...set, names: set.names.slice(0, gone), texts: set.texts.slice(0, gone) } : set,
    ),
    relations: whole.graph.relations.map((relation) => {
      const ends = relation.source === 'model' ? relation.sourceIndex : relation.targetIndex;
      const ofModels = relation.source === 'model' || relation.target === 'model';
      const kept = [...ends.keys()].filter((e) => !ofModels || ends[e] !== gone);
      return {
        ...relation,
        sourceIndex: Int32Array.from(kept, (e) => relation.sourceIndex[e]!),
        targetIndex: Int32Array.from(kept, (e) => relation.targetIndex[e]!),
        scores: relation.scores && Float32Array.from(kept, (e) => relation.scores![e]!),
      };
    }),
  };
  const { model, ...others } = whole.features ?? {};
  const rows = createMatrix(gone, model!.cols, model!.data.slice(0, gone * model!.cols));
  const small = { ...whole, graph, features: { ...others, model: rows }, cards: whole.cards.slice(0, gone) };
  return { small, whole: { ...whole, models: [...whole.models, 'delta'] } };
}

const cases: [ProfileStrategy, Record<string, unknown>][] = [
  [indexProfile, {}],
  [indexProfile, { compat: true, dimensions: 20 }],
  [indexProfile, { seed: 9, dimensions: 3 }],
  [flatProfile, {}],
  [flatProfile, { sample: 'independent', encode: 'joined' }],
  [flatProfile, { compat: true }],
  [embGnnProfile, {}],
  [embGnnProfile, { compat: true, norm: 'left' }],
];

describe.each(cases)('a model joins $name with %o', (strategy, raw) => {
  const options = parseOptions(strategy, raw);

  it('with the vector it would have had from the start, and leaves the others bit for bit', async () => {
    const { small, whole } = await growing();
    const before = await strategy.build(small, options, ctx);
    const kept = bytes(before.vectors.data);
    // Another run's seed plays no part.
    const after = await strategy.extend!(before, whole, options, { seed: 77 });
    const fresh = await strategy.build(whole, options, ctx);
    expect(after.models).toEqual([...before.models, 'delta']);
    expect(bytes(after.vectors.data).slice(0, kept.length)).toEqual(kept);
    expect(bytes(before.vectors.data)).toEqual(kept);
    expect(bytes(rowOf(after.vectors, 3))).toEqual(bytes(rowOf(fresh.vectors, 3)));
    expect(after.texts?.[3]).toBe(fresh.texts?.[3]);
    expect(after.texts?.slice(0, 3)).toEqual(before.texts);
    expect(after.provenance).toMatchObject({ options: before.provenance.options, seed: 5 });
    expect(after.provenance.notes).toContainEqual(expect.stringMatching(/^joined without retraining: delta/));
  });

  it('or not, when it is there already or unknown', async () => {
    const input = await syntheticProfileInput();
    const set = await strategy.build(input, options, ctx);
    expect(await strategy.extend!(set, { ...input, models: ['gamma', 'alpha'] }, options, ctx)).toBe(set);
    await expect(strategy.extend!(set, { ...input, models: ['nobody'] }, options, ctx)).rejects.toThrow(/nobody/);
  });
});

describe('extending', () => {
  it.each<[string, (set: Awaited<ReturnType<typeof embGnnProfile.build>>) => Promise<unknown>, string]>([
    ['another strategy', async (set) => flatProfile.extend!(set, await all(), flat, ctx), 'BAD_INPUT'],
    [
      'another encoder',
      async (set) => embGnnProfile.extend!(set, { ...(await all()), encoder: toyEncoder(9) }, emb, ctx),
      'BAD_INPUT',
    ],
    ['other options', async (set) => embGnnProfile.extend!(set, await all(), { ...emb, hops: 1 }, ctx), 'BAD_OPTION'],
  ])('refuses a set of %s', async (_, extend, code) => {
    const set = await embGnnProfile.build(await syntheticProfileInput(), emb, ctx);
    const error: unknown = await extend(set).catch((reason: unknown) => reason);
    expect(RouteProfileError.isInstance(error) && error.code).toBe(code);
  });

  const emb = parseOptions(embGnnProfile, {});
  const flat = parseOptions(flatProfile, {});
  const all = async () => (await growing()).whole;

  it('takes what was not said from the set, and the options that files keep', async () => {
    const { small, whole } = await growing();
    for (const [strategy, raw] of cases) {
      const set = await strategy.build(small, parseOptions(strategy, raw), ctx);
      const stored: unknown = JSON.parse(JSON.stringify(set.provenance.options));
      expect((await strategy.extend!(set, whole, parseOptions(strategy, stored), ctx)).models).toHaveLength(4);
    }
    const set = await indexProfile.build(small, { compat: false, seed: 9, dimensions: 3 }, ctx);
    const extended = await indexProfile.extend!(set, whole, { compat: false }, ctx);
    expect([extended.vectors.cols, extended.provenance.options]).toEqual([3, set.provenance.options]);
  });
});
