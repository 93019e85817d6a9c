import { parseOptions, type RouterInput, type RouterStrategy } from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { autoRouter, builtInRouters } from './built-in.js';
import { clusterRouter } from './cluster/cluster.js';
import { knnRouter } from './knn/knn.js';
import { linearRouter } from './linear/linear.js';
import { twoStageRouter } from './two-stage/two-stage.js';

/** Options that keep training short; every other router is tried as it comes. */
const SHORT: Record<string, Record<string, unknown>> = {
  mlp: { epochs: 2, hidden: 16, output: 8 },
  graph: { epochs: 2, hidden: 8 },
  ensemble: { folds: 2 },
  auto: { folds: 2 },
};

for (const strategy of builtInRouters)
  describeRouterContract({ describe, it, expect }, strategy, { options: SHORT[strategy.name] ?? {}, keyed: true });

describe('the list', () => {
  it('holds routers of different names whose options all have defaults', () => {
    const names = builtInRouters.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('auto');
    for (const router of builtInRouters) expect(() => parseOptions(router, {})).not.toThrow();
    expect(names).toEqual(expect.arrayContaining(Object.keys(SHORT)));
  });

  it('has an auto that works without keyed scores, and says which members could not', async () => {
    const { input, queries } = syntheticRouterInput();
    const router = await autoRouter.fit(input, parseOptions(autoRouter, { folds: 2 }), { seed: 1 });
    expect((await router.decide(queries)).length).toBe(queries.texts.length);
    const { skipped } = (await router.save()).manifest.state;
    expect(skipped).toEqual([expect.objectContaining({ name: 'attention' })]);
  });
});

describe('a log with one model per query', () => {
  /** Each model is right 9 times of 10 on its own third of the queries, 3 times of 10 elsewhere. */
  const { input, queries, bestModel } = syntheticRouterInput({ log: true, models: 3, queries: 600, keyed: true });
  const chosenRight = async (strategy: RouterStrategy, given: RouterInput) => {
    const options = parseOptions(strategy, LOGGED[strategy.name] ?? {});
    const router = await strategy.fit(given, options, { seed: 1 });
    const decisions = await router.decide(queries);
    return decisions.filter(({ model }, q) => given.models.indexOf(model) === bestModel[q]).length / decisions.length;
  };
  const LOGGED: Record<string, Record<string, unknown>> = {
    mlp: { epochs: 20, hidden: 16, output: 8 },
    graph: { epochs: 20, hidden: 8 },
    ensemble: { folds: 2 },
    auto: { folds: 2 },
  };

  it.each(builtInRouters.map((strategy) => [strategy.name, strategy] as const))(
    'teaches %s which model is good at what',
    async (_name, strategy) => {
      // A constant is right on a third.
      expect(await chosenRight(strategy, input)).toBeGreaterThan(0.6);
    },
    60_000,
  );

  it('does not count what is missing as a failure: a model that was asked rarely is judged by what it did', async () => {
    // Model 0 answered a tenth of the queries of its third, the others all the rest.
    const score = input.training.outcomes!.score.slice();
    let met = 0;
    for (let q = 0; q < 600; q++) if (!Number.isNaN(score[q * 3]!) && met++ % 4 !== 0) score[q * 3] = NaN;
    const rare = { ...input, training: { ...input.training, outcomes: { ...input.training.outcomes!, score } } };
    for (const strategy of [linearRouter, knnRouter, clusterRouter, twoStageRouter])
      expect([strategy.name, await chosenRight(strategy, rare)]).toEqual([strategy.name, 1]);
  });
});
