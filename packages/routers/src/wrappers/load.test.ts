import type { ModelLoad } from '@routeprofile/numerics';
import type { Decision, Router } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { withLoad } from './load.js';

const MODELS = ['small', 'large', 'new'];
const decision: Decision = {
  model: 'large',
  ranked: [
    { model: 'large', score: 3, probability: 0.9 },
    { model: 'small', score: 2, probability: 0.8 },
    { model: 'new', score: 1, probability: 0.2 },
  ],
  reasons: [{ kind: 'similarity', text: 'it is like the query' }],
};
const router = (inner: Decision = decision): Router => ({
  models: MODELS,
  decide: async () => [inner],
  save: () => Promise.reject(new Error()),
});
const LOAD: [string, ModelLoad][] = [
  ['large', { firstByte: 2, perToken: 0.05, outstanding: 4, limit: 4 }],
  ['small', { firstByte: 0.5, perToken: 0.01, outstanding: 0, limit: 4 }],
];
const first = async (nu: number, load = LOAD, inner?: Decision) => {
  const wrapped = withLoad(router(inner), { load: () => new Map(load), nu, tokens: 100 });
  return (await wrapped.decide({ texts: ['x'] }))[0]!;
};

describe('withLoad', () => {
  it('is the router itself at ν = 0, and changes nothing while nobody has answered', async () => {
    const plain = router();
    expect(withLoad(plain, { load: () => new Map(LOAD), nu: 0, tokens: 1 })).toBe(plain);
    expect(await first(1, [])).toBe(decision);
    expect(await first(1, [['other', LOAD[0]![1]]])).toBe(decision);
  });

  it('weighs chances against seconds, and says which model is preferred', async () => {
    // large: 2 × (1 + 4/4) + 100 × 0.05 = 9 s; small: 0.5 + 1 = 1.5 s.
    const after = await first(0.02);
    expect(after.model).toBe('small');
    expect(after.ranked.map(({ model, score, expectedLatency }) => [model, score.toFixed(3), expectedLatency])).toEqual(
      [
        ['small', '0.770', 1.5],
        ['large', '0.720', 9],
        // Never asked: as quick as the quickest.
        ['new', '0.170', 1.5],
      ],
    );
    expect(after.ranked.map(({ value }) => value)).toEqual(after.ranked.map(({ score }) => score));
    expect(after.reasons).toEqual([
      { kind: 'load', text: 'small (1.5 s) instead of large (9.0 s) at ν = 0.02 per second of waiting' },
      { kind: 'similarity', model: 'large', text: 'large was preferred at first: it is like the query' },
    ]);
  });

  it('stays where waiting is worth it, without a word', async () => {
    const after = await first(0.001);
    expect([after.model, after.reasons]).toEqual(['large', decision.reasons]);
  });

  it('weighs what other wrappers have weighed, and scores where there is nothing else', async () => {
    const priced = { ...decision, ranked: decision.ranked.map((entry, i) => ({ ...entry, value: 0.9 - i / 100 })) };
    expect((await first(0.001, LOAD, priced)).ranked[0]!.value).toBeCloseTo(0.9 - 0.009, 9);
    const scored = { ...decision, ranked: decision.ranked.map(({ model, score }) => ({ model, score })) };
    const after = await first(0.1, LOAD, scored);
    expect([after.model, after.ranked[0]]).toEqual(['large', { model: 'large', score: 2.1, expectedLatency: 9 }]);
  });
});
