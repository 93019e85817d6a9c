import { createMatrix, normalizeRows, parseOptions, type RouterArtifact } from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { knnRouter } from './knn.js';
import { inheritance } from './new-models.js';

describeRouterContract({ describe, it, expect }, knnRouter);
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

  it('is the mean outcome of the k nearest and one imagined row of the overall mean', async () => {
    const { input } = syntheticRouterInput({ models: 2, queries: 3, dimensions: 2 });
    const score = Float64Array.of(1, 0, 1, 0, 0, 1);
    const training = {
      ...input.training,
      queries: { texts: ['a', 'b', 'c'], vectors: createMatrix(3, 2, Float32Array.of(2, 0, 1, 0.1, 0, 1)) },
      outcomes: { ...input.training.outcomes!, score },
    };
    const router = await fit({ ...input, training }, { k: 2 });
    const [decision] = await router.decide({ texts: ['q'], vectors: createMatrix(1, 2, Float32Array.of(5, 0)) });
    expect(decision?.ranked.map((entry) => entry.score)).toEqual([
      Math.fround((1 + 1 + 2 / 3) / 3),
      Math.fround((0 + 0 + 1 / 3) / 3),
    ]);
  });

  it('keeps what cross-validation found, and leaves out what is too large', async () => {
    const { input } = syntheticRouterInput({ queries: 60 });
    const { manifest } = await (await fit(input)).save();
    const state = manifest.state as { k: number; crossValidation: { k: number; value: number }[] };
    expect(state.crossValidation.map(({ k }) => k)).toEqual([5, 10, 20, 40]);
    const best = Math.max(...state.crossValidation.map(({ value }) => value));
    expect(state.crossValidation.filter(({ value }) => value === best).at(-1)?.k).toBe(state.k);
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
      load({ weights: { ...weights, scores: { shape: [1, 4], data: new Float32Array(4) } } }),
    ).rejects.toThrow(/'scores'/);
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
