import { parseOptions, type RouterInput } from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { clusterRouter } from './cluster.js';

describeRouterContract({ describe, it, expect }, clusterRouter, { options: { clusters: 4, temperature: 0.1 } });

const ctx = { seed: 5 };
const fit = (input: RouterInput, raw: Record<string, unknown> = {}) =>
  clusterRouter.fit(input, parseOptions(clusterRouter, raw), ctx);

describe('cluster', () => {
  it.each([false, true])('finds the kinds of queries and their best models (pairs only: %s)', async (pairsOnly) => {
    const { input, queries, bestModel } = syntheticRouterInput({ models: 3, queries: 150, pairsOnly });
    const router = await fit(input);
    const decisions = await router.decide(queries);
    expect(decisions.map(({ model }) => Number(model.slice(-1)))).toEqual(bestModel);
    expect(decisions[0]?.reasons[0]?.text).toMatch(/in cluster \d+ of \d+ \(cosine 0\.\d+\)/);
    expect(Number((await router.save()).manifest.state['clusters'])).toBeGreaterThan(2);
  });

  it('keeps what cross-validation found', async () => {
    const { manifest } = await (await fit(syntheticRouterInput({ queries: 60 }).input)).save();
    type Tried = { clusters: number; value: number };
    const state = manifest.state as { clusters: number; crossValidation: Tried[] };
    expect([...new Set(state.crossValidation.map(({ clusters }) => clusters))]).toEqual([1, 2, 4, 8]);
    const best = Math.max(...state.crossValidation.map(({ value }) => value));
    expect(state.crossValidation.find(({ value }) => value === best)?.clusters).toBe(state.clusters);
  });

  it('is one order with one cluster, that of the mean outcomes', async () => {
    const { input, queries } = syntheticRouterInput();
    const decisions = await (await fit(input, { clusters: 1 })).decide(queries);
    const { score } = input.training.outcomes!;
    const means = input.models.map((_, m) => score.filter((__, k) => k % 4 === m).reduce((a, b) => a + b));
    const order = input.models.map((_, m) => m).sort((a, b) => means[b]! - means[a]! || a - b);
    for (const { ranked } of decisions) expect(ranked.map(({ model }) => Number(model.slice(-1)))).toEqual(order);
  });

  it('lets a model join with the scores of its like, the others unmoved', async () => {
    const { input, queries } = syntheticRouterInput();
    const before = await fit(syntheticRouterInput({ models: 3 }).input);
    const joined = await clusterRouter.extend!(await before.save(), { profiles: input.profiles, cards: [] }, ctx);
    const old = await before.decide(queries);
    (await joined.decide(queries)).forEach(({ ranked }, q) => {
      expect(ranked.filter(({ model }) => model !== 'model-3')).toEqual(old[q]?.ranked);
      expect(ranked.length).toBe(4);
    });
  });
});
