import { describe, expect, it } from 'vitest';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { onAverageRouter } from './on-average.js';

describeRouterContract({ describe, it, expect }, onAverageRouter);

describe('on-average', () => {
  it('gives every query to one model', async () => {
    const router = await onAverageRouter.fit(syntheticRouterInput().input, {}, { seed: 1 });
    const decisions = await router.decide({ texts: ['a', 'b', 'c'] });
    expect(new Set(decisions.map(({ model }) => model)).size).toBe(1);
  });
});
