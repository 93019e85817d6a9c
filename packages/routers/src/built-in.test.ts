import { parseOptions } from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { autoRouter, builtInRouters } from './built-in.js';

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
