import { emptyOutcomes, describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { bestSingleRouter } from './best-single.js';

describeRouterContract({ describe, it, expect }, bestSingleRouter);

describe('best-single', () => {
  it('never chooses a model without training data, and lets one join as average', async () => {
    const { input, queries } = syntheticRouterInput({ models: 4, newModels: 1 });
    const router = await bestSingleRouter.fit(input, {}, { seed: 1 });
    const decisions = await router.decide(queries);
    expect(new Set(decisions.map(({ model }) => model)).size).toBe(1);
    expect(decisions[0]!.model).not.toBe('model-3');
    expect((await router.save()).manifest.state['newModels']).toEqual(['model-3']);

    const own = syntheticRouterInput({ models: 3 }).input;
    const fitted = await bestSingleRouter.fit(own, {}, { seed: 1 });
    const joining = { profiles: syntheticRouterInput({ models: 4 }).input.profiles, cards: [] };
    const extended = await bestSingleRouter.extend!(await fitted.save(), joining, { seed: 1 });
    expect(extended.models).toEqual(['model-0', 'model-1', 'model-2', 'model-3']);
    expect((await extended.decide(queries))[0]!.model).toBe((await fitted.decide(queries))[0]!.model);
  });

  it('does not choose an earlier model that nothing is known of where all others are the same', async () => {
    const { input, queries } = syntheticRouterInput({ models: 3, queries: 4 });
    const outcomes = emptyOutcomes(4, 3);
    outcomes.score.set([NaN, 1, 1, NaN, 0, 0, NaN, 1, 1, NaN, 0, 0]);
    const flat = { ...input, training: { ...input.training, pairs: [], outcomes } };
    const router = await bestSingleRouter.fit(flat, {}, { seed: 1 });
    const [decision] = await router.decide(queries);
    expect(decision!.ranked.map(({ model }) => model)).toEqual(['model-1', 'model-2', 'model-0']);
  });
});
