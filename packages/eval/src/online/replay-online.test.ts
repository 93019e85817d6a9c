import {
  createRandom,
  type JudgedDecision,
  type LearnerStrategy,
  type QueryBatch,
  type Router,
  z,
} from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { tableOf } from '../testing/test-data.js';
import { replayOnline, type OnlineReplayInput } from './replay-online.js';

const MODELS = ['a', 'b', 'c'];
/** The router believes in a; b is the better model. */
const random = createRandom(1, 'replay');
const SCORES = Array.from({ length: 200 }, () => [0.3, 0.9, 0.5].map((chance) => (random.float() < chance ? 1 : 0)));
const table = tableOf(MODELS, SCORES);
const queries: QueryBatch = { texts: table.queries.map(({ text }) => text) };
const routerOf = (chances: readonly number[]): Router => ({
  models: MODELS,
  decide: async ({ texts }) =>
    texts.map(() => {
      const ranked = MODELS.map((model, m) => ({ model, score: chances[m]!, probability: chances[m]! })).sort(
        (x, y) => y.score - x.score,
      );
      return { model: ranked[0]!.model, ranked, reasons: [] };
    }),
  save: () => Promise.reject(new Error('not saved here')),
});
const router = routerOf([0.6, 0.5, 0.4]);

/** Mean reward of each model, the chance by the router counting as much as five answers. */
const means: LearnerStrategy = {
  kind: 'learner',
  specVersion: 1,
  name: 'means',
  summary: 'mean rewards',
  options: z.record(z.string(), z.unknown()),
  begin(inner) {
    const seen: JudgedDecision[] = [];
    return {
      get observed() {
        return seen.length;
      },
      observe: (judged) => seen.push(...judged) && judged.length,
      snapshot() {
        const known = [...seen];
        return {
          version: known.length,
          router: {
            ...inner,
            async decide(batch) {
              return (await inner.decide(batch)).map((decision) => {
                const ranked = decision.ranked
                  .map((entry) => {
                    const own = known.filter(({ model }) => model === entry.model);
                    const sum = own.reduce((total, { reward }) => total + reward, 0);
                    const score = (sum + 5 * entry.score) / (own.length + 5);
                    return { ...entry, score, probability: score, fitted: entry.score };
                  })
                  .sort((x, y) => y.score - x.score);
                return { ...decision, model: ranked[0]!.model, ranked };
              });
            },
          },
        };
      },
      save: () => {
        throw new Error('not saved here');
      },
    };
  },
  resume: () => {
    throw new Error('not saved here');
  },
};
const learner = { strategy: means, options: {} };
const replay = (more: Partial<OnlineReplayInput> = {}, options = {}) =>
  replayOnline(
    { table, queries, router, policies: { means: { learner } }, ...more },
    { seed: 3, orders: 12, ...options },
  );
const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('a replay of rows in random orders', () => {
  it('tells what each policy lost to the best model of each row', async () => {
    const { policies, rows, orders, checkpoints } = await replay({
      fixed: { 'best-single': new Int32Array(200).fill(1) },
    });
    expect([rows, orders, checkpoints.at(-1)]).toEqual([200, 12, 200]);
    const lost = (choice: number) => meanOf(SCORES.map((row) => Math.max(...row) - row[choice]!));
    expect(policies['frozen']!.mean).toBeCloseTo(lost(0), 12);
    expect(policies['best-single']!.mean).toBeCloseTo(lost(1), 12);
    expect(policies['uniform']!.mean).toBeCloseTo((lost(0) + lost(1) + lost(2)) / 3, 12);
    expect(policies['frozen']!.cumulative.at(-1)).toBeCloseTo(200 * lost(0), 9);
    expect(policies['frozen']!.againstFrozen).toBeNull();
    // Whatever the order, it loses as much; what it loses on other rows like these is not certain.
    expect(policies['best-single']!.againstFrozen!.orders).toBeNull();
    expect(policies['best-single']!.againstFrozen!.rows!.high).toBeLessThan(0);
  });

  it('lets a policy learn from its own choices alone, and finds out that it helps', async () => {
    const { policies } = await replay();
    const { againstFrozen, cumulative, observed, mean } = policies['means']!;
    expect(observed).toBe(200);
    expect(mean).toBeLessThan(policies['frozen']!.mean - 0.3);
    expect(againstFrozen!.orders!.high).toBeLessThan(-0.3);
    expect(againstFrozen!.rows!.high).toBeLessThan(-0.3);
    // It learns early: the second half costs less than the first.
    const half = cumulative[cumulative.length / 2 - 1]!;
    expect(cumulative.at(-1)! - half).toBeLessThan(half);
  });

  it('decides before it learns: with one snapshot for all rows nothing is learned in time', async () => {
    const { policies } = await replay({}, { every: 200 });
    expect(policies['means']!.mean).toBeCloseTo(policies['frozen']!.mean, 12);
    expect(policies['means']!.observed).toBe(200);
  });

  it('deals out rewards that say nothing, with the mean of the router’s own', async () => {
    const sure = routerOf([0.3, 0.9, 0.5]);
    const seen: number[] = [];
    const spying: LearnerStrategy = {
      ...means,
      begin(inner, options, ctx) {
        const made = means.begin(inner, options, ctx);
        return {
          ...made,
          observe: (judged) => (seen.push(...judged.map(({ reward }) => reward)), made.observe(judged)),
        };
      },
    };
    const { policies } = await replay(
      { router: sure, policies: { spying: { learner: { strategy: spying, options: {} } } } },
      { feedback: { kind: 'shuffled' }, orders: 10 },
    );
    expect(meanOf(seen)).toBeCloseTo(meanOf(SCORES.map((row) => row[1]!)), 12);
    expect(policies['spying']!.againstFrozen!.rows!.low).toBeLessThanOrEqual(0.02);
  });

  it('can withhold feedback', async () => {
    const { policies } = await replay({}, { feedback: { share: 0.25 } });
    expect(policies['means']!.observed).toBeGreaterThan(35);
    expect(policies['means']!.observed).toBeLessThan(65);
  });

  it('counts what was drawn', async () => {
    const coin = (inner: Router, seed: number): Router => ({
      ...inner,
      decide: async (batch) =>
        (await inner.decide(batch)).map((decision, q) => {
          const { model } = decision.ranked[createRandom(seed, batch.ids![q]!).int(2)]!;
          return { ...decision, model, propensity: 0.5 };
        }),
    });
    const { policies } = await replay({ policies: { coin: { explore: coin } } });
    expect(policies['coin']!.drawn).toBe(1);
    const lost = meanOf(SCORES.map((row) => Math.max(...row) - (row[0]! + row[1]!) / 2));
    expect(Math.abs(policies['coin']!.mean - lost)).toBeLessThan(0.03);
  });

  it('is the same for the same seed', async () => {
    expect(await replay({}, { orders: 2 })).toEqual(await replay({}, { orders: 2 }));
    expect(await replay({}, { orders: 2, seed: 4 })).not.toEqual(await replay({}, { orders: 2 }));
  });

  it('refuses rows that it cannot judge', async () => {
    const gap = tableOf(MODELS, [[1, NaN, 0], ...SCORES.slice(1)]);
    await expect(replay({ table: gap })).rejects.toThrow(/1 of 200 rows lack a score/);
    const large = tableOf(MODELS, [[1, 7, 0], ...SCORES.slice(1)]);
    await expect(replay({ table: large })).rejects.toThrow(/not between 0 and 1/);
    await expect(replay({ router: { ...router, models: ['a', 'b'] } })).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
    });
    await expect(replay({ queries: { texts: ['?'] } })).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    await expect(replay({}, { orders: 0 })).rejects.toMatchObject({ code: 'BAD_OPTION' });
  });
});
