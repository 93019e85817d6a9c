import { parseOptions, parseStrategyReference, type RouterInput } from '@routeprofile/schema';
import { syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { knnRouter } from '../knn/knn.js';
import { openRouterFrom } from '../open/open-router-from.js';
import { costWrapper } from './cost.js';
import { demandOf, paceAfter, startPacing, stillExpected, type Pacing } from './pacing.js';
import { wrapStrategy } from './wrap-strategy.js';

const PACING: Pacing = { lambdas: [0, 10, 100, 1000], costs: [0.4, 0.3, 0.2, 0.1], rate: 0.05 };

describe('startPacing', () => {
  it('begins at the λ whose costs fit, between the points that were learned', () => {
    expect(startPacing(PACING, 0.25).lambda).toBeCloseTo(55, 9);
    expect(startPacing(PACING, 0.2).lambda).toBeCloseTo(100, 9);
    expect(startPacing(PACING, 0.25).rate).toBeCloseTo(0.05 * 55, 9);
  });

  it('begins at 0 where money is ample, with steps all the same, and at the last λ where it is short', () => {
    expect(startPacing(PACING, 1)).toEqual({ lambda: 0, rate: 0.5 });
    expect(startPacing(PACING, 0.01).lambda).toBe(1000);
    expect(startPacing({ lambdas: [0], costs: [0], rate: 0.1 }, 1)).toEqual({ lambda: 0, rate: 0.1 });
  });
});

describe('paceAfter', () => {
  it('compares with what is left for each query, and with all of it for the last', () => {
    expect(paceAfter(10, 2, 0.02, { left: 1, seen: 0, expected: 100 })).toBeCloseTo(12, 12);
    expect(paceAfter(10, 2, 0, { left: 1, seen: 0, expected: 100 })).toBeCloseTo(8, 12);
    expect(paceAfter(10, 2, 1, { left: 0.5, seen: 1, expected: 0 })).toBeCloseTo(12, 12);
    expect(paceAfter(10, 2, 1, { left: 0, seen: 1, expected: 5 })).toBe(10);
  });

  it('grants a query as many average ones as it counts for', () => {
    const spending = { left: 1, seen: 0, expected: 100 };
    expect(paceAfter(10, 2, 0.03, { ...spending, demand: 3 })).toBeCloseTo(10, 12);
    expect(paceAfter(10, 2, 0.02, { ...spending, demand: 3 })).toBeCloseTo(8, 12);
  });

  it('takes longer steps as fewer queries are left, up to twenty times', () => {
    expect(paceAfter(100, 2, 0, { left: 1, seen: 75, expected: 25 })).toBeCloseTo(92, 12);
    expect(paceAfter(100, 2, 0, { left: 1, seen: 9_999, expected: 1 })).toBeCloseTo(60, 12);
  });
});

describe('demandOf', () => {
  const ranked = [
    { model: 'large', score: 0, probability: 0.9, expectedCost: 0.3 },
    { model: 'small', score: 0, probability: 0.7, expectedCost: 0.05 },
  ];
  it('is what the query would cost at λ, in average queries', () => {
    // Up to 0.2 / 0.25 = 0.8 the large one is chosen.
    expect(demandOf(ranked, PACING, 0)).toBeCloseTo(0.3 / 0.4, 12);
    expect(demandOf(ranked, PACING, 0.5)).toBeCloseTo(0.3 / 0.395, 12);
    expect(demandOf(ranked, PACING, 55)).toBeCloseTo(0.05 / 0.25, 12);
    expect(demandOf(ranked, PACING, 5000)).toBeCloseTo(0.05 / 0.1, 12);
  });

  it('is that of any other query where nothing is known', () => {
    expect(demandOf([...ranked, { model: 'unpriced', score: 0, probability: 0.1 }], PACING, 1)).toBe(1);
    expect(demandOf([{ model: 'unsure', score: 0, expectedCost: 1 }], PACING, 1)).toBe(1);
    expect(demandOf([], PACING, 1)).toBe(1);
    expect(demandOf(ranked, { lambdas: [0], costs: [0], rate: 1 }, 1)).toBe(1);
  });
});

describe('stillExpected', () => {
  it('is what is left of the expected ones, or what the rate so far brings', () => {
    expect(stillExpected(100, 30, 0.7)).toBeCloseTo(70, 9);
    expect(stillExpected(100, 80, 0.5)).toBeCloseTo(80, 9);
    expect(stillExpected(100, 0, 1)).toBe(100);
    expect(stillExpected(100, 120, 0)).toBe(0);
    // A burst at the beginning is not taken for the rate of the whole window.
    expect(stillExpected(100, 5, 0.9999)).toBe(100);
  });
});

describe('a router trained with cost', () => {
  const fitted = async (reference: string, input: RouterInput = syntheticRouterInput().input) => {
    const { options, wrappers = [] } = parseStrategyReference(reference);
    const strategy = wrapStrategy(knnRouter, [{ wrapper: costWrapper, options: wrappers[0]!.options }]);
    const router = await strategy.fit(input, parseOptions(strategy, { router: options }), { seed: 11 });
    const artifact = await router.save();
    const { encoder } = artifact.manifest;
    const vectors = () => Promise.reject(new Error('nothing is encoded here'));
    return openRouterFrom(artifact, {
      strategy,
      ...(encoder !== null && { encoder: { specVersion: 1, id: encoder, dimensions: 4, encode: vectors } }),
    });
  };

  it('says how λ may be moved, the same each time', async () => {
    const { cost } = await fitted('knn+cost:within=0.05:outputTokens=100');
    const { lambdas, costs, rate } = cost!.pacing!;
    expect(lambdas[0]).toBe(0);
    expect(costs).toHaveLength(lambdas.length);
    expect(costs[0]).toBeGreaterThan(costs.at(-1)!);
    expect(rate).toBeGreaterThan(0);
    expect((await fitted('knn+cost:within=0.05:outputTokens=100')).cost).toEqual(cost);
  });

  it('says λ alone where it was given', async () => {
    expect((await fitted('knn+cost:lambda=2:outputTokens=100')).cost).toEqual({ lambda: 2 });
  });
});
