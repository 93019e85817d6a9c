import { parseOptions } from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { knnRouter } from '../knn/knn.js';
import { constraintsWrapper } from '../wrappers/constraints.js';
import { fallbackWrapper, withLikeAlternatives } from '../wrappers/fallback.js';
import { wrapStrategy } from '../wrappers/wrap-strategy.js';
import { savedLikeness, savedWrappers } from './saved-wrappers.js';

const { input } = syntheticRouterInput({ models: 4, queries: 40 });
const ctx = { seed: 1 };
const saved = async (next: 'score' | 'profile') => {
  const around = [{ wrapper: constraintsWrapper }, { wrapper: fallbackWrapper, options: { next } }];
  const strategy = wrapStrategy(knnRouter, around);
  return (await strategy.fit(input, parseOptions(strategy, {}), ctx)).save();
};

describe('wrappers of a saved router', () => {
  it('are read with their options', async () => {
    const { manifest } = await saved('score');
    expect(savedWrappers(manifest).map(({ name }) => name)).toEqual(['constraints', 'fallback']);
    expect(savedWrappers(manifest)[0]!.options).toMatchObject({ pii: false });
    expect(
      savedWrappers((await (await knnRouter.fit(input, parseOptions(knnRouter, {}), ctx)).save()).manifest),
    ).toEqual([]);
  });

  it('tell which models are alike, where they were trained to', async () => {
    expect(savedLikeness(await saved('score'))).toBeUndefined();
    const artifact = await saved('profile');
    const likeness = savedLikeness(artifact)!;
    expect(likeness.models).toEqual(input.models);
    expect(likeness.profiles).toMatchObject({ rows: 4, cols: input.profiles.vectors.cols });
    await expect(async () => savedLikeness({ ...artifact, weights: {} })).rejects.toMatchObject({
      code: 'CORRUPT_FILE',
    });
  });

  it('put alternatives in the order of their likeness to the choice', async () => {
    const likeness = savedLikeness(await saved('profile'))!;
    const inner = await knnRouter.fit(input, parseOptions(knnRouter, {}), ctx);
    const before = await inner.decide(input.training.queries);
    const after = await withLikeAlternatives(inner, likeness).decide(input.training.queries);
    after.forEach(({ model, ranked }, q) => {
      expect([model, ranked[0]]).toMatchObject([before[q]!.model, { model, score: 1 }]);
      expect(ranked.map((one) => one.model).sort()).toEqual([...input.models].sort());
      const scores = ranked.slice(1).map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    });
    expect(after.some(({ ranked }, q) => ranked[1]!.model !== before[q]!.ranked[1]!.model)).toBe(true);
  });
});
