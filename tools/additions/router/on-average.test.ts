import { describe, expect, it } from 'vitest';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { onAverageRouter } from './on-average.js';

describeRouterContract({ describe, it, expect }, onAverageRouter);

describe('on-average', () => {
  it('scores each model by its mean outcome, whatever the query', async () => {
    const { input } = syntheticRouterInput({ models: 2, queries: 2 });
    const outcomes = { ...input.training.outcomes!, score: Float64Array.of(1, 0.5, NaN, 1) };
    const router = await onAverageRouter.fit({ ...input, training: { ...input.training, outcomes } }, {}, { seed: 1 });
    const decisions = await router.decide({ texts: ['a', 'b'] });
    expect(decisions.map(({ ranked }) => ranked.map(({ score }) => score))).toEqual([
      [1, 0.75],
      [1, 0.75],
    ]);
  });
});
