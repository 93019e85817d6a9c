import {
  createMatrix,
  createRandom,
  inheritance,
  normalizeRows,
  parseOptions,
  type RouterArtifact,
} from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { knnRouter } from './knn.js';
import { searchAmong } from './listed-queries.js';

describeRouterContract({ describe, it, expect }, knnRouter, { options: { k: 7 } });
describe('searching approximately', () =>
  describeRouterContract({ describe, it, expect }, knnRouter, { options: { k: 7, search: 'approximate' } }));

const ctx = { seed: 5 };
const fit = (input: Parameters<typeof knnRouter.fit>[0], raw: Record<string, unknown> = {}) =>
  knnRouter.fit(input, parseOptions(knnRouter, raw), ctx);

describe('knn', () => {
  it.each([false, true])('learns which model is good at which kind of query (pairs only: %s)', async (pairsOnly) => {
    const { input, queries, bestModel } = syntheticRouterInput({ models: 3, queries: 150, pairsOnly });
    const decisions = await (await fit(input)).decide(queries);
    expect(decisions.map(({ model }) => Number(model.slice(-1)))).toEqual(bestModel);
    expect(decisions[0]?.reasons[0]?.kind).toBe('neighbours');
  });

  it('is the weighted mean outcome of the k nearest, drawn to the overall mean', async () => {
    const { input } = syntheticRouterInput({ models: 2, queries: 3, dimensions: 2 });
    const score = Float64Array.of(1, 0, 1, 0, 0, 1);
    const vectors = createMatrix(3, 2, Float32Array.of(2, 0, 1, 2, 0, 1));
    const training = {
      ...input.training,
      queries: { texts: ['a', 'b', 'c'], vectors },
      outcomes: { ...input.training.outcomes!, score },
    };
    const router = await fit({ ...input, training }, { k: 2, temperature: 0.5, ridge: 3 });
    const [decision] = await router.decide({ texts: ['q'], vectors: createMatrix(1, 2, Float32Array.of(3, 1)) });
    // From the mean (1, 1) the question lies at (2, 0), the rows at (1, -1), (0, 1) and (-1, 0).
    const weights = [1, Math.exp((0 - Math.SQRT1_2) / 0.5)];
    const total = 3 + weights[0]! + weights[1]!;
    const scores = decision!.ranked.map((entry) => entry.score);
    expect(scores[0]).toBeCloseTo((3 * (2 / 3) + weights[0]! + weights[1]!) / total, 6);
    expect(scores[1]).toBeCloseTo((3 * (1 / 3)) / total, 6);
  });

  it('keeps what cross-validation found, and leaves out what is too large', async () => {
    const { input } = syntheticRouterInput({ queries: 60 });
    const { manifest } = await (await fit(input, { temperature: 0.2 })).save();
    const state = manifest.state as { k: number; crossValidation: { k: number; loss: number }[] };
    expect(state.crossValidation.map(({ k }) => k)).toEqual([10, 20, 40]);
    const best = state.crossValidation.reduce((a, b) => (b.loss < a.loss ? b : a));
    expect(state.k).toBeGreaterThanOrEqual(best.k);
  });

  it('takes the whole training set as one neighbourhood where nearness says nothing', async () => {
    const { input } = syntheticRouterInput({ models: 3, queries: 300 });
    const random = createRandom(1, 'noise');
    const training = {
      ...input.training,
      queries: {
        ...input.training.queries,
        vectors: createMatrix(
          300,
          8,
          Float32Array.from({ length: 2400 }, () => random.normal()),
        ),
      },
    };
    const { manifest } = await (await fit({ ...input, training })).save();
    expect(manifest.state).toMatchObject({ k: 160, temperature: 1 });
  });

  it('does not favour a model for having met the easy queries', async () => {
    const { input, queries } = syntheticRouterInput({ models: 2, queries: 200 });
    // The second model is better on every query, and was asked the hard ones only, but for a few.
    const score = Float64Array.from({ length: 400 }, (_, k) => {
      const query = Math.floor(k / 2);
      const [easy, shared] = [query % 2 === 0, query % 10 === 1];
      if (k % 2 === 0) return easy ? 0.9 : shared ? 0.1 : NaN;
      return easy ? NaN : 0.3;
    });
    const outcomes = { ...input.training.outcomes!, score };
    const router = await fit({ ...input, training: { ...input.training, outcomes } });
    const decisions = await router.decide(queries);
    expect(new Set(decisions.map(({ model }) => model))).toEqual(new Set(['model-1']));
  });

  it('stays finite where a model was measured on a few rows only', async () => {
    const { input, queries } = syntheticRouterInput();
    const outcomes = {
      ...input.training.outcomes!,
      score: input.training.outcomes!.score.map((s, k) => (k % 4 === 1 && k > 20 ? NaN : s)),
    };
    const decisions = await (
      await fit({ ...input, training: { ...input.training, outcomes } }, { k: 5 })
    ).decide(queries);
    expect(decisions.every(({ ranked }) => ranked.every(({ score }) => Number.isFinite(score)))).toBe(true);
  });

  it('says when a choice was inherited, and refuses a damaged artifact', async () => {
    const { input } = syntheticRouterInput({ newModels: 1 });
    const { manifest, weights } = await (await fit(input, { k: 5 })).save();
    expect((manifest.state as { newModels: string[] }).newModels).toEqual(['model-3']);
    const load = (part: Partial<RouterArtifact>) => knnRouter.load({ manifest, weights, ...part }, ctx);
    await expect(
      load({ weights: { ...weights, advantages: { shape: [1, 4], data: new Float32Array(4) } } }),
    ).rejects.toThrow(/'advantages'/);
    await expect(load({ manifest: { ...manifest, state: { k: 0 } } })).rejects.toMatchObject({ code: 'CORRUPT_FILE' });
    const pairs = { shape: [1, 3], data: Float32Array.of(0, 1, 99) };
    const state = { ...manifest.state, known: 'pairs' };
    await expect(load({ manifest: { ...manifest, state }, weights: { ...weights, pairs } })).rejects.toThrow(/'pairs'/);
  });
});

describe('approximate search', () => {
  const sets = (pairsOnly = false) => syntheticRouterInput({ models: 3, queries: 300, pairsOnly });

  it.each([false, true])(
    'decides as the exact search where it looks at every row (pairs only: %s)',
    async (pairsOnly) => {
      const { input, queries } = sets(pairsOnly);
      const [exact, approximate] = [await fit(input), await fit(input, { search: 'approximate' })];
      const [wanted, found] = [await exact.decide(queries), await approximate.decide(queries)];
      expect(found.map(({ model }) => model)).toEqual(wanted.map(({ model }) => model));
      found.forEach(({ ranked }, q) => {
        const scores = new Map(wanted[q]!.ranked.map(({ model, score }) => [model, score]));
        for (const { model, score } of ranked) expect(score).toBeCloseTo(scores.get(model)!, 1);
      });
      expect(found[0]!.reasons[0]!.text).toContain('found approximately');
      const tables = [exact, approximate].map(async (router) => (await router.save()).manifest.state);
      const [a, b] = (await Promise.all(tables)) as { crossValidation: { loss: number }[] }[];
      b!.crossValidation.forEach(({ loss }, g) => expect(loss).toBeCloseTo(a!.crossValidation[g]!.loss, 2));
    },
  );

  it('is said once, and kept with the router', async () => {
    const { input, queries } = sets();
    const said: string[] = [];
    const logger = { info: (line: string) => said.push(line), warn: () => {} };
    const options = parseOptions(knnRouter, { search: 'approximate' });
    const [router, same] = [
      await knnRouter.fit(input, options, { ...ctx, logger }),
      await knnRouter.fit(input, options, ctx),
    ];
    expect(said).toEqual([expect.stringMatching(/300 training queries .* approximately/)]);
    const saved = await router.save();
    expect(saved.manifest).toMatchObject({ options: { search: 'approximate' }, state: { search: 'approximate' } });
    expect(await same.save()).toEqual(saved);
    expect(await (await knnRouter.load(saved, ctx)).decide(queries)).toEqual(await router.decide(queries));
    const { lists } = saved.weights;
    const load = (data: Float32Array) =>
      knnRouter.load({ ...saved, weights: { ...saved.weights, lists: { ...lists!, data } } }, ctx);
    await expect(load(lists!.data.with(3, 99))).rejects.toThrow(/'lists'/);
    await expect(load(lists!.data.with(3, 0.5))).rejects.toThrow(/'lists'/);
  });

  it('is taken for more than 100,000 training queries, unless an option says otherwise', async () => {
    expect([100_000, 100_001].map(searchAmong)).toEqual(['exact', 'approximate']);
    const { input } = sets();
    for (const search of ['auto', 'exact'])
      expect((await (await fit(input, { search })).save()).manifest.state).toMatchObject({ search: 'exact' });
  });

  it('is not meant by files that do not speak of it', async () => {
    const { input, queries } = sets();
    const router = await fit(input);
    const { manifest, weights } = await router.save();
    const { search: _option, ...options } = manifest.options;
    const { search: _state, ...state } = manifest.state;
    const loaded = await knnRouter.load({ manifest: { ...manifest, options, state }, weights }, ctx);
    expect(await loaded.decide(queries)).toEqual(await router.decide(queries));
  });
});

describe('inheritance', () => {
  it('gives a new model mostly the scores of the model most like it', () => {
    const profiles = normalizeRows(createMatrix(3, 2, Float32Array.of(1, 0, 0, 1, 0.9, 0.1)));
    const shares = inheritance(profiles, [true, true, false]);
    expect([...shares.subarray(0, 6)]).toEqual([1, 0, 0, 0, 1, 0]);
    expect(shares[6]).toBeGreaterThan(0.99);
    expect(shares[6]! + shares[7]! + shares[8]!).toBeCloseTo(1, 6);
    expect(shares[8]).toBe(0);
  });
});
