import {
  createRandom,
  parseOptions,
  RouteProfileError,
  type Decision,
  type RankedModel,
  type Router,
  type RouterStrategy,
} from '@routeprofile/schema';
import { describeRouterContract, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { knnRouter, type KnnOptions } from '../knn/knn.js';
import { paretoWrapper, withPareto } from './pareto.js';
import { closeness, dominators } from './topsis.js';
import { wrapStrategy } from './wrap-strategy.js';

const rows = (...values: number[][]) => values.map((row) => Float64Array.from(row));

describe('TOPSIS', () => {
  it('gives the closeness of the textbook', () => {
    // Two criteria by hand: columns [3 4] and [4 3] have length 5, the second is a cost.
    const near = closeness({ values: rows([3, 4], [4, 3]), less: [false, true] }, [1, 1]);
    expect([...near]).toEqual([0, 1]);
    // Columns (6, 8, 0) / 10 and (0, 6, 8) / 10 with weights 0.75 and 0.25, the second a cost: ideal (0.6, 0), opposite (0, 0.2).
    const three = closeness({ values: rows([6, 0], [8, 6], [0, 8]), less: [false, true] }, [3, 1]);
    const [up, down] = [Math.hypot(0, 0.15), Math.hypot(0.6, 0.05)];
    expect(three[1]).toBeCloseTo(down / (up + down), 12);
    expect(three[0]).toBeCloseTo(Math.hypot(0.45, 0.2) / (0.15 + Math.hypot(0.45, 0.2)), 12);
    expect(three[2]).toBe(0);
  });

  it('does not depend on units, nor on the scale of weights', () => {
    const random = createRandom(1, 'topsis');
    const values = Array.from({ length: 6 }, () => Float64Array.of(random.float(), random.float()));
    const less = [false, true];
    const near = closeness({ values, less }, [0.3, 0.7]);
    const other = closeness({ values: values.map(([a, b]) => Float64Array.of(a!, 1e-4 * b!)), less }, [3, 7]);
    other.forEach((value, i) => expect(value).toBeCloseTo(near[i]!, 12));
    expect([...closeness({ values: rows([1, 2], [1, 2]), less }, [1, 1])]).toEqual([1, 1]);
  });

  it('finds who dominates whom, as comparing all with all does', () => {
    const random = createRandom(2, 'dominators');
    const less = [false, true, true];
    for (let round = 0; round < 50; round++) {
      const values = Array.from({ length: 12 }, () => Float64Array.from(less, () => Math.floor(random.float() * 4)));
      const beats = (a: Float64Array, b: Float64Array) => {
        const leads = less.map((x, c) => (x ? b[c]! - a[c]! : a[c]! - b[c]!));
        return leads.every((lead) => lead >= 0) && leads.some((lead) => lead > 0);
      };
      const found = dominators({ values, less });
      values.forEach((value, i) => {
        const by = found[i]!;
        expect(by >= 0).toBe(values.some((other) => beats(other, value)));
        if (by >= 0) expect([beats(values[by]!, value), found[by]]).toEqual([true, -1]);
      });
    }
  });
});

/** Chances of being right come from outcomes alone. */
const fromOutcomes: RouterStrategy<KnnOptions> = {
  ...knnRouter,
  needs: ['vectors', 'outcomes'],
  async fit(input, options, ctx) {
    if (input.training.outcomes) return knnRouter.fit(input, options, ctx);
    throw new RouteProfileError('NO_TRAINING_DATA', 'there are no outcomes');
  },
};
const contracted = wrapStrategy(fromOutcomes, [
  { wrapper: paretoWrapper, options: { quality: 2, cost: 1, outputTokens: 100 } },
]);
describeRouterContract({ describe, it, expect }, contracted, { options: parseOptions(contracted, {}) });

const MODELS = ['small', 'middle', 'large', 'vain', 'slow'];
const RANKED: RankedModel[] = [
  { model: 'large', score: 5, probability: 0.9, expectedCost: 0.01, expectedLatency: 4 },
  { model: 'vain', score: 4, probability: 0.78, expectedCost: 0.02, expectedLatency: 4 },
  { model: 'middle', score: 3, probability: 0.8, expectedCost: 0.002, expectedLatency: 2 },
  { model: 'small', score: 2, probability: 0.5, expectedCost: 0.0001, expectedLatency: 1 },
  { model: 'slow', score: 1, probability: 0.5, expectedCost: 0.0001, expectedLatency: 9 },
];
const always = (ranked: RankedModel[]): Router => ({
  models: MODELS,
  decide: async ({ texts }) => texts.map((): Decision => ({ model: ranked[0]!.model, ranked, reasons: [] })),
  save: () => Promise.reject(new Error('not saved here')),
});
const first = async (router: Router) => (await router.decide({ texts: ['?'] }))[0]!;

describe('pareto', () => {
  const even = { quality: 1, cost: 1, latency: 0 };

  it('takes the one closest to the ideal, and says who is beaten by whom', async () => {
    const decision = await first(withPareto(always(RANKED), even));
    expect(decision.ranked.map(({ model }) => model)).toEqual(['middle', 'small', 'slow', 'large', 'vain']);
    expect(decision.ranked[4]!.score).toBeLessThanOrEqual(0);
    expect(decision.reasons.map(({ text }) => text)).toEqual([
      expect.stringMatching(
        /^middle \(chance 0\.80, \$0\.002, 2\.0 s\) is closest to the ideal of the 4 that no other beats \(closeness 0\.8\d of 1\)$/,
      ),
      'vain is beaten by large: no worse in anything that counts, better in something',
    ]);
    expect((await first(withPareto(always(RANKED), { ...even, cost: 0.01 }))).model).toBe('large');
    expect((await first(withPareto(always(RANKED), { ...even, quality: 0.01 }))).model).toBe('small');
  });

  it('never chooses who is beaten, whatever the weights', async () => {
    const random = createRandom(3, 'weights');
    for (let round = 0; round < 100; round++) {
      const weights = { quality: random.float(), cost: random.float(), latency: random.float() };
      const { model, ranked } = await first(withPareto(always(RANKED), weights));
      expect(['vain', 'slow']).not.toContain(model);
      expect(
        ranked
          .slice(3)
          .map((entry) => entry.model)
          .sort(),
      ).toEqual(['slow', 'vain']);
    }
  });

  it('leaves out what has no weight, and refuses to weigh what nobody knows', async () => {
    const bare = RANKED.map(({ expectedLatency: _latency, ...entry }) => entry);
    expect((await first(withPareto(always(bare), even))).model).toBe('middle');
    await expect(first(withPareto(always(bare), { ...even, latency: 1 }))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringMatching(/seconds/) as unknown,
    });
    const priced = RANKED.map(({ expectedCost, ...entry }) =>
      entry.model === 'small' ? entry : { ...entry, expectedCost: expectedCost! },
    );
    // Of unknown cost: as dear as the dearest, so that others beat it.
    const { ranked } = await first(withPareto(always(priced), { ...even, quality: 0.01 }));
    expect(ranked[0]!.model).toBe('slow');
    expect(ranked.findIndex(({ model }) => model === 'small')).toBeGreaterThan(2);
  });

  it('learns weights that keep near the best single model at less cost', async () => {
    const { input, queries } = syntheticRouterInput({ models: 6, queries: 120 });
    input.training.outcomes!.cost.forEach((_, k, all) => (all[k] = 0.001 * (6 - (k % 6))));
    const strategy = wrapStrategy(knnRouter, [{ wrapper: paretoWrapper, options: { within: 0.05 } }]);
    const router = await strategy.fit(input, parseOptions(strategy, { router: { k: 9 } }), { seed: 11 });
    const learned = (await router.save()).manifest.state['wrappers'] as { weights: Record<string, number> }[];
    const { quality, cost, latency } = learned[0]!.weights;
    expect([quality! + cost!, latency]).toEqual([1, 0]);
    const spent = (decisions: Decision[]) => decisions.reduce((sum, { ranked }) => sum + ranked[0]!.expectedCost!, 0);
    const plain = wrapStrategy(knnRouter, [{ wrapper: paretoWrapper, options: { quality: 1, cost: 0 } }]);
    const dear = await plain.fit(input, parseOptions(plain, { router: { k: 9 } }), { seed: 11 });
    expect(spent(await router.decide(queries))).toBeLessThan(spent(await dear.decide(queries)));
  });

  it('wants weights that say something', () => {
    const refused = (options: object) => expect(() => parseOptions(paretoWrapper, options)).toThrow();
    refused({ quality: 1 });
    refused({ latency: 1 });
    refused({ quality: 0, cost: 0 });
    expect(parseOptions(paretoWrapper, { quality: 0, cost: 0, latency: 1 }).latency).toBe(1);
  });
});
