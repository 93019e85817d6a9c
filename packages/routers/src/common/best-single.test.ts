import { emptyOutcomes, describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { bestSingleRouter, overallStrengths } from './best-single.js';

describeRouterContract({ describe, it, expect }, bestSingleRouter);

describe('overallStrengths', () => {
  const { input } = syntheticRouterInput({ models: 3, queries: 4 });
  const withScores = (scores: number[]) => ({
    ...input,
    training: { ...input.training, pairs: [], outcomes: { ...emptyOutcomes(4, 3), score: Float64Array.from(scores) } },
  });

  it('orders models by mean outcome where all are measured', () => {
    const strengths = overallStrengths(withScores([1, 0, 0.5, 1, 0, 0.5, 1, 1, 0.5, 0, 0, 0.5]))!;
    expect(strengths.from).toBe('outcomes');
    [0.75 - 0.5, 0.25 - 0.5, 0].forEach((part, m) => expect(strengths.values[m]).toBeCloseTo(part, 9));
  });

  it('does not favour the model that met the easy queries', () => {
    const { values } = overallStrengths(withScores([0.9, 1, NaN, 0.9, NaN, NaN, NaN, 0.3, NaN, 0.1, 0.2, NaN]))!;
    expect(values[1]).toBeGreaterThan(values[0]!);
    expect(values[2]).toBe(0);
  });

  it('is null where nothing is known', () => {
    expect(overallStrengths({ ...input, training: { ...input.training, pairs: [], outcomes: null } })).toBeNull();
  });
});

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
});
