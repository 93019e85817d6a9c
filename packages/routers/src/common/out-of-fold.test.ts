import { createRandom, rowOf, type ProfileSet, type RouterStrategy } from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { knnRouter } from '../knn/knn.js';
import { dealFolds, onlyQueries, splitFold } from './folds.js';
import { judgeOf, judgeScores } from './judge.js';
import { outOfFoldScores, sharedFolds } from './out-of-fold.js';

const ctx = { seed: 7 };

describe('folds', () => {
  it('are of nearly equal size in every task', () => {
    const tasks = Array.from({ length: 47 }, (_, i) => (i % 3 === 0 ? null : `task ${i % 4}`));
    const folds = dealFolds(tasks, 5, createRandom(1, 'test'));
    for (const task of new Set(tasks)) {
      const counts = [0, 0, 0, 0, 0];
      tasks.forEach((t, q) => t === task && counts[folds[q]!]!++);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  it('take training rows, pairs, keys and learned state away together', () => {
    const { input } = syntheticRouterInput();
    const profiles: ProfileSet = {
      ...input.profiles,
      state: { learned: { shape: [1], data: Float32Array.of(1) } },
      keyed: {
        keys: { rows: 3, cols: 1, data: Float32Array.of(1, 2, 3) },
        labels: ['a', 'b', 'c'],
        scores: { rows: 4, cols: 3, data: Float32Array.from({ length: 12 }, (_, k) => k) },
        queries: Int32Array.of(-1, 5, 6),
      },
    };
    const part = onlyQueries({ ...input, profiles }, Int32Array.of(2, 6));
    expect(part.training.queries.texts).toEqual([2, 6].map((q) => input.training.queries.texts[q]));
    expect(part.training.outcomes?.score.length).toBe(2 * 4);
    expect(part.training.pairs.length).toBe(
      input.training.pairs.filter(({ query }) => query === 2 || query === 6).length,
    );
    expect(part.profiles.state).toBeUndefined();
    expect(part.profiles.keyed?.labels).toEqual(['a', 'c']);
    expect([...part.profiles.keyed!.scores.data]).toEqual([0, 2, 3, 5, 6, 8, 9, 11]);
    expect([...part.profiles.keyed!.queries!]).toEqual([-1, 1]);
  });
});

describe('out-of-fold scores', () => {
  it('are those of a fit that did not see the query', async () => {
    const { input } = syntheticRouterInput();
    const folds = sharedFolds(input, ctx);
    // Options are those of the strategy itself: the cast only forgets their type.
    const strategy = knnRouter as unknown as RouterStrategy;
    const options = { k: 15, ridge: 1 };
    const scores = await outOfFoldScores(strategy, options, input, folds, ctx);
    const { heldOut, rest } = splitFold(folds, 2);
    const router = await knnRouter.fit(onlyQueries(input, rest), { k: 15, ridge: 1 }, ctx);
    const own = await router.decide(onlyQueries(input, heldOut).training.queries);
    heldOut.forEach((q, i) => {
      const row = rowOf(scores, q);
      expect(input.models[row.indexOf(Math.max(...row))]).toBe(own[i]!.model);
    });
    const judge = judgeOf(input.training, input.models.length);
    expect(judgeScores(judge, (q) => rowOf(scores, q)).mean).toBeGreaterThan(0.6);
  });
});

describe('out-of-fold scores of a router that cross-validates itself', () => {
  it('are those that it has, without another fit', async () => {
    const { input } = syntheticRouterInput();
    const router = await knnRouter.fit(input, { k: 15, ridge: 1 }, ctx);
    const decisions = await router.decide(input.training.queries);
    const strategy = {
      ...knnRouter,
      fit: () => Promise.reject(new Error('fitted again')),
    } as unknown as RouterStrategy;
    const own = { ...router, outOfFold: () => decisions };
    const scores = await outOfFoldScores(strategy, {}, input, sharedFolds(input, ctx), ctx, own);
    decisions.forEach(({ ranked }, q) => {
      for (const { model, score } of ranked) expect(rowOf(scores, q)[input.models.indexOf(model)]).toBe(score);
    });
  });
});

describe('judge', () => {
  it('judges choices among measured models only, and pairs by their order', () => {
    const base = { queries: { texts: ['a', 'b'] }, tasks: [null, null] };
    const blank = new Float64Array(4).fill(NaN);
    const values = {
      score: Float64Array.of(NaN, 0.5, NaN, NaN),
      cost: blank,
      inputTokens: blank,
      outputTokens: blank,
      latency: blank,
    };
    const outcomes = judgeOf({ ...base, pairs: [], outcomes: values }, 2);
    expect([...outcomes.queries]).toEqual([0]);
    expect(outcomes.worth(0, [9, 1])).toBe(0.5);
    const pairs = judgeOf({ ...base, pairs: [{ query: 1, better: 0, worse: 1 }], outcomes: null }, 2);
    expect([...pairs.queries]).toEqual([1]);
    expect([pairs.worth(1, [2, 1]), pairs.worth(1, [1, 1]), pairs.worth(1, [0, 1])]).toEqual([1, 0.5, 0]);
  });
});
