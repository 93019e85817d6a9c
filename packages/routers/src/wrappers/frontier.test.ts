import { parseOptions, type RouterStrategy } from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { knnRouter } from '../knn/knn.js';
import { fitFrontier } from './frontier.js';
import { builtInWrappers } from './built-in.js';
import { wrapStrategy } from './wrap-strategy.js';

const ctx = { seed: 11 };
const knn: RouterStrategy = knnRouter;
const options = parseOptions(knn, { k: 9 });
const cost = builtInWrappers.find(({ name }) => name === 'cost')!;

describe('frontier', () => {
  it('goes from the router itself to the cheapest models', async () => {
    const { input, queries } = syntheticRouterInput({ models: 6 });
    const frontier = await fitFrontier(knn, options, input, ctx, { points: 20 });
    const { lambdas, choices } = await frontier.sweep(queries);
    // The operating point comes on top.
    expect(lambdas.length).toBeLessThanOrEqual(21);
    expect(lambdas).toContain(frontier.operatingPoint!.lambda);
    expect(choices.length).toBe(lambdas.length);
    const own = await (await knn.fit(input, options, ctx)).decide(queries);
    expect(Array.from(choices[0]!, (m) => input.models[m])).toEqual(own.map(({ model }) => model));
    expect(new Set(choices[choices.length - 1])).toEqual(new Set([0]));
  });

  it('chooses as the cost wrapper does at every λ', async () => {
    const { input, queries } = syntheticRouterInput({ models: 6 });
    const { lambdas, choices } = await (await fitFrontier(knn, options, input, ctx, { points: 9 })).sweep(queries);
    for (const [l, lambda] of lambdas.entries()) {
      const strategy = wrapStrategy(knn, [{ wrapper: cost, options: { lambda } }]);
      const router = await strategy.fit(input, parseOptions(strategy, { router: options }), ctx);
      const decisions = await router.decide(queries);
      expect(decisions.map(({ model }) => model)).toEqual(Array.from(choices[l]!, (m) => input.models[m]));
    }
  });

  it('takes λ from training rows alone: the batch does not matter', async () => {
    const { input, queries } = syntheticRouterInput({ models: 6 });
    const frontier = await fitFrontier(knn, options, input, ctx);
    const one = await frontier.sweep({
      texts: queries.texts.slice(0, 1),
      encoder: 'synthetic',
      vectors: { ...queries.vectors!, rows: 1, data: queries.vectors!.data.slice(0, 8) },
    });
    const all = await frontier.sweep(queries);
    expect(one.lambdas).toEqual(all.lambdas);
    expect(one.choices.map((row) => row[0])).toEqual(all.choices.map((row) => row[0]));
  });

  it('has the operating point that the cost wrapper learns', async () => {
    const { input } = syntheticRouterInput({ models: 6, queries: 120 });
    const router = await knn.fit(input, options, ctx);
    const { operatingPoint } = await fitFrontier(knn, options, input, ctx, { within: 0.05, router });
    const strategy = wrapStrategy(knn, [{ wrapper: cost, options: { within: 0.05 } }]);
    const { manifest } = await (await strategy.fit(input, parseOptions(strategy, { router: options }), ctx)).save();
    const [learned] = manifest.state.wrappers as { lambda: number }[];
    expect(operatingPoint!.lambda).toBe(learned!.lambda);
    expect(operatingPoint!.quality).toBeGreaterThanOrEqual(operatingPoint!.bestSingle.quality - 0.05 - 1e-9);
    expect(operatingPoint!.costShare).toBeCloseTo(operatingPoint!.cost / operatingPoint!.bestSingle.cost, 12);
  });

  it('sweeps over a log too, and picks no operating point by it', async () => {
    const { input, queries } = syntheticRouterInput({ models: 3, queries: 90 });
    const { outcomes } = input.training;
    const score = outcomes!.score.map((value, k) => (k % 3 === Math.floor(k / 3) % 3 ? value : NaN));
    const training = { ...input.training, outcomes: { ...outcomes!, score } };
    const frontier = await fitFrontier(knn, options, { ...input, training }, ctx, { points: 9 });
    expect(frontier.operatingPoint).toBeNull();
    const { lambdas, choices } = await frontier.sweep(queries);
    expect(lambdas.length).toBeGreaterThan(2);
    expect(new Set(choices.at(-1))).toEqual(new Set([0]));
  });

  it('sweeps in score units without outcomes, and refuses without costs', async () => {
    const { input, queries } = syntheticRouterInput({ pairsOnly: true });
    await expect(fitFrontier(knn, options, input, ctx)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    const frontier = await fitFrontier(knn, options, input, ctx, { outputTokens: 50 });
    expect(frontier.operatingPoint).toBeNull();
    expect((await frontier.sweep(queries)).choices.length).toBeGreaterThan(2);
  });
});
