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

describeRouterContract({ describe, it, expect }, knnRouter, { options: { k: 7 } });

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
