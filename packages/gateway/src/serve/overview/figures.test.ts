import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '../../contracts/record.js';
import { qualityOf } from './quality.js';
import { routeFiguresOf } from './route-figures.js';
import { spendOf } from './spend.js';

let records = 0;
const record = (more: Partial<DecisionRecord>): DecisionRecord => ({
  ...({ version: 1, at: 0, tenant: 'a', wire: 'chat', route: 'default', router: null, requirements: {} } as const),
  ...{ id: `id-${++records}`, ranked: [], model: 'small', propensity: 1, reasons: [], attempts: [], served: 'small' },
  status: 200,
  ...more,
});
const priced = (cost: number, single: number) => record({ cost, bestSingle: { model: 'large', cost: single } });

describe('what was saved', () => {
  it('has an interval from ten decisions on, which is narrower with more of them', () => {
    const of = (count: number) =>
      spendOf(Array.from({ length: count }, (_, i) => priced(i % 2 === 0 ? 1 : 3, 4))).compared.saved!;
    expect(of(8)).toEqual({ value: 0.5, low: null, high: null });
    const [few, many] = [of(10), of(200)];
    expect([few.value, many.value]).toEqual([0.5, 0.5]);
    // The standard deviation of one decision is 1 of 4 dollars: 1.96 × 0.25 / √200.
    for (const half of [many.high! - many.value, many.value - many.low!]) {
      expect(half).toBeGreaterThan(0.8 * 0.0346);
      expect(half).toBeLessThan(1.2 * 0.0346);
    }
    expect(few.high! - few.low!).toBeGreaterThan(2 * (many.high! - many.low!));
    expect(of(10)).toEqual(few);
  });

  it('is below nothing where more was spent, and not known where the best single model is free', () => {
    expect(spendOf([priced(3, 2)]).compared.saved!.value).toBe(-0.5);
    expect(spendOf([priced(3, 0)]).compared).not.toHaveProperty('saved');
  });
});

describe('figures per route', () => {
  it('add up to those of all, with how often each model was chosen and answered', () => {
    const all = [
      record({ cost: 1 }),
      record({ cost: 2, served: 'large' }),
      record({ route: 'cheap', cost: 4, model: 'large', served: null, status: 503 }),
      record({ route: null, cost: 8, model: 'large', served: 'large' }),
      record({ route: null, cost: 16, model: 'large', served: 'large' }),
    ];
    const routes = routeFiguresOf(all, spendOf(all));
    expect(routes.map(({ route, decisions, cost }) => [route, decisions, cost])).toEqual([
      ['default', 2, 3],
      [null, 2, 24],
      ['cheap', 1, 4],
    ]);
    expect(routes.map(({ models }) => models)).toEqual([
      [
        { model: 'small', chosen: 2, served: 1 },
        { model: 'large', chosen: 0, served: 1 },
      ],
      [{ model: 'large', chosen: 2, served: 2 }],
      [{ model: 'large', chosen: 1, served: 0 }],
    ]);
    expect(routes.reduce((sum, { cost }) => sum + cost, 0)).toBe(spendOf(all).cost);
  });

  it('are none without decisions', () => expect(routeFiguresOf([], spendOf([]))).toEqual([]));
});

describe('quality by feedback', () => {
  it('is that of the model that answered, with its interval and what a useful answer cost', () => {
    const judged = [
      { record: record({ cost: 1 }), score: 1 },
      { record: record({ cost: 1 }), score: 0.5 },
      { record: record({}), score: 0 },
      { record: record({ cost: 9, served: 'large' }), score: 1 },
      { record: record({ cost: 9, served: null, status: 502 }), score: 0 },
    ];
    const [small, large, ...more] = qualityOf(judged);
    expect(more).toEqual([]);
    expect(small).toMatchObject({ model: 'small', judged: 3, mean: 0.5 });
    expect(small!.spend).toEqual({ judged: 2, cost: 2, useful: 1.5, perUseful: 2 / 1.5 });
    expect(large).toMatchObject({ model: 'large', judged: 1, mean: 1, high: 1 });
    // One answer, and a good one: that says little.
    expect(large!.low).toBeCloseTo(0.2065, 3);
  });
});
