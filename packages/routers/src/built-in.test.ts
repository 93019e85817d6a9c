import { parseOptions } from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { autoRouter, builtInRouters, ensembleRouter } from './built-in.js';

it('lists routers of different names whose options all have defaults', () => {
  const names = builtInRouters.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('auto');
  for (const router of builtInRouters) expect(() => parseOptions(router, {})).not.toThrow();
});

describe('with the members they come with', () => {
  describeRouterContract({ describe, it, expect }, ensembleRouter, { options: { folds: 2 } });

  it('auto works without keyed scores, and says which members could not', async () => {
    const { input, queries } = syntheticRouterInput();
    const router = await autoRouter.fit(input, parseOptions(autoRouter, { folds: 2 }), { seed: 1 });
    expect((await router.decide(queries)).length).toBe(queries.texts.length);
    const { skipped } = (await router.save()).manifest.state;
    expect(skipped).toEqual([expect.objectContaining({ name: 'attention' })]);
  });
});
