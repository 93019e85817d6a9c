import { approximateProfileIndex, exactProfileIndex } from '@routeprofile/profiles';
import { attentionRouter, irtRouter, simRouter, withRetrieval } from '@routeprofile/routers';
import {
  createMatrix,
  createRandom,
  isScoringRouter,
  parseOptions,
  rowOf,
  type Matrix,
  type ProfileIndex,
  type ProfileIndexStrategy,
  type ProfileSource,
  type RouterStrategy,
} from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';

const ctx = { seed: 6 };
const fitted = async (strategy: RouterStrategy, raw: Record<string, unknown> = {}) => {
  const { input, queries } = syntheticRouterInput({ models: 40, queries: 90, keyed: true, missing: 0.2 });
  const router = await strategy.fit(input, parseOptions(strategy, raw), ctx);
  if (!isScoringRouter(router) || !router.rows) throw new Error('it does not score rows');
  return { input, queries, router, rows: router.rows };
};
const build = <O>(
  strategy: ProfileIndexStrategy<O>,
  models: readonly string[],
  vectors: Matrix,
  metric: 'dot' | 'cosine',
) => {
  const source: ProfileSource = {
    models: models.length,
    dimensions: vectors.cols,
    encoder: null,
    rows: () => [{ models, vectors }],
  };
  return strategy.build(source, parseOptions(strategy, { metric }), ctx);
};
const indexes: [string, (...rest: [readonly string[], Matrix, 'dot' | 'cosine']) => Promise<ProfileIndex>][] = [
  ['exact', (...rest) => build(exactProfileIndex, ...rest)],
  ['lists', (...rest) => build(approximateProfileIndex, ...rest)],
];

describe.each(indexes)('routers over an index of profiles (%s)', (_, indexOf) => {
  it.each([
    ['sim', simRouter as RouterStrategy, {}],
    ['attention', attentionRouter as RouterStrategy, {}],
    ['irt', irtRouter as RouterStrategy, { dimensions: 2, width: 4, ridge: 4 }],
  ])('decide as without one when it finds all models: %s', async (__, strategy, raw) => {
    const { input, queries, router, rows } = await fitted(strategy, raw);
    const index = await indexOf(input.models, rows.own(), rows.metric);
    const decisions = await withRetrieval(router, index, { n: 40 }).decide(queries);
    const plain = await router.decide(queries);
    expect(decisions.map(({ model, ranked }) => ({ model, ranked }))).toEqual(
      plain.map(({ model, ranked }) => ({ model, ranked })),
    );
  });

  it('route to adapters that joined the index alone', async () => {
    const { input, queries, router, rows } = await fitted(simRouter);
    const own = rows.of(input.profiles);
    const index = await indexOf(input.models, own, rows.metric);
    const random = createRandom(1, 'adapters');
    const adapters = Array.from({ length: 200 }, (__, i) => ({ name: `adapter ${i}`, base: i % 40 }));
    for (const { name, base } of adapters) {
      const vector = rowOf(own, base).map((x) => x + 0.005 * random.normal());
      await index.add(name, vector);
    }
    const decisions = await withRetrieval(router, index, { n: 20 }).decide(queries);
    const plain = await router.decide(queries);
    const base = (model: string) => input.models[adapters.find(({ name }) => name === model)?.base ?? -1] ?? model;
    const joined = decisions.filter(({ model }) => model.startsWith('adapter'));
    expect(joined.length).toBeGreaterThan(0);
    decisions.forEach(({ model, ranked }, q) => {
      expect(ranked.length).toBe(20);
      // An adapter that is chosen stands near a model that is about as good.
      const score = plain[q]!.ranked.find((entry) => entry.model === base(model))!.score;
      expect(plain[q]!.ranked[0]!.score - score).toBeLessThan(0.1);
    });
    for (const { name } of adapters) await index.remove(name);
    expect((await withRetrieval(router, index).decide(queries)).map(({ model }) => model)).toEqual(
      plain.map(({ model }) => model),
    );
  });

  it('refuses an index of profiles where the router scores other rows', async () => {
    const { input, queries, router } = await fitted(attentionRouter);
    const index = await indexOf(input.models, createMatrix(40, 8), 'dot');
    await expect(withRetrieval(router, index).decide(queries)).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
  });
});
