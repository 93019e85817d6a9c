import { parseOptions } from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { linearRouter } from './linear.js';

const ctx = { seed: 5 };
const fit = (input: Parameters<typeof linearRouter.fit>[0], raw: Record<string, unknown> = {}) =>
  linearRouter.fit(input, parseOptions(linearRouter, raw), ctx);

describe('linear', () => {
  it.each([false, true])('learns which model is good at which kind of query (pairs only: %s)', async (pairsOnly) => {
    const { input, queries, bestModel } = syntheticRouterInput({ models: 3, queries: 150, pairsOnly });
    const decisions = await (await fit(input)).decide(queries);
    expect(decisions.map(({ model }) => Number(model.slice(-1)))).toEqual(bestModel);
  });

  it.each([false, true])('falls back on one order under a strong ridge (pairs only: %s)', async (pairsOnly) => {
    const { input, queries } = syntheticRouterInput({ models: 4, pairsOnly });
    const decisions = await (await fit(input, { ridge: 1e7 })).decide(queries);
    const orders = decisions.map(({ ranked }) => ranked.map(({ model }) => model).join(' '));
    expect(new Set(orders).size).toBe(1);
    // Model 3 is as good as model 0, and both as good as the others: the order is that of the sample.
    const { score } = input.training.outcomes ?? { score: null };
    if (!score) return;
    const means = input.models.map((_, m) => score.filter((_, k) => k % 4 === m).reduce((a, b) => a + b));
    const best = input.models[means.indexOf(Math.max(...means))];
    expect(decisions[0]?.model).toBe(best);
  });

  it('stays finite with hardly any outcomes, and with one model measured once', async () => {
    const { input, queries } = syntheticRouterInput();
    const outcomes = {
      ...input.training.outcomes!,
      score: input.training.outcomes!.score.map((s, k) => (k % 4 === 1 && k > 4 ? NaN : k % 7 === 0 ? NaN : s)),
    };
    const decisions = await (await fit({ ...input, training: { ...input.training, outcomes } })).decide(queries);
    expect(decisions.every(({ ranked }) => ranked.every(({ score }) => Number.isFinite(score)))).toBe(true);
  });

  it('lets a model join with the weights of its like, the others unmoved', async () => {
    const { input, queries } = syntheticRouterInput();
    const first = { ...input, models: input.models.slice(0, 3), candidates: input.candidates.slice(0, 3) };
    const { training } = syntheticRouterInput({ models: 3 }).input;
    const before = await fit({ ...first, training });
    const joined = await linearRouter.extend!(await before.save(), { profiles: input.profiles, cards: [] }, ctx);
    const old = await before.decide(queries);
    (await joined.decide(queries)).forEach(({ ranked, model }, q) => {
      expect(ranked.filter(({ model }) => model !== 'model-3')).toEqual(old[q]?.ranked);
      expect(ranked.map(({ model }) => model)).toContain('model-3');
      expect(input.models).toContain(model);
    });
  });
});
