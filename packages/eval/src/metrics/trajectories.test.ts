import type { RoutingRun } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { evaluateChoices } from '../evaluate.js';
import { tableOf } from '../testing/test-data.js';

const PRICES = [
  { input: 1, output: 0, cachedInput: 0.1, cacheWrite: 2 },
  { input: 10, output: 0, cachedInput: 1, cacheWrite: 20 },
];

/** Prompts of 100, 200, … tokens, of which all but 100 are shared; each row fails the small model where `hard` says so. */
function runOf(choices: number[], indices: number[], hard: number[] = []): RoutingRun {
  const table = tableOf(
    ['small', 'large'],
    choices.map((_, q) => [hard.includes(q) ? 0 : 1, 1]),
  );
  const queries = table.queries.map((query, q) => ({
    ...query,
    step: { trajectory: 'one', index: indices[q]!, sharedTokens: 100 * q },
  }));
  for (const q of choices.keys()) table.values.inputTokens.fill(100 * (q + 1), 2 * q, 2 * q + 2);
  table.values.outputTokens.fill(0);
  return {
    candidates: table.models.map((model, m) => ({ id: model, model, price: PRICES[m]! })),
    newModels: [],
    table: { ...table, queries },
    choices: Int32Array.from(choices),
  };
}
const metrics = (run: RoutingRun) => evaluateChoices(run).metrics;

describe('what is saved along a trajectory', () => {
  // Always the large one: 100 × 20, then 100 × 1 + 100 × 20, then 200 × 1 + 100 × 20.
  const bill = 2000 + 2100 + 2200;

  it('pays for the cache of the model that answers', () => {
    expect(metrics(runOf([1, 1, 1], [1, 2, 3]))).toMatchObject({ trajectory_savings: 0, trajectory_pass: 1 });
    const small = 200 + (10 + 200) + (20 + 200);
    expect(metrics(runOf([0, 0, 0], [1, 2, 3]))['trajectory_savings']).toBeCloseTo(1 - small / bill, 12);
    // A switch writes the whole prompt anew, there and back.
    const switched = 200 + 200 * 20 + 300 * 2;
    expect(metrics(runOf([0, 1, 0], [1, 2, 3]))['trajectory_savings']).toBeCloseTo(1 - switched / bill, 12);
  });

  it('takes a cache of more than three steps ago as lost, and steps in their order, not in that of the rows', () => {
    const apart = runOf([0, 0, 0], [1, 4, 8]);
    const lostBill = 2000 + 2100 + 300 * 20;
    expect(metrics(apart)['trajectory_savings']).toBeCloseTo(1 - (200 + 210 + 600) / lostBill, 12);
    const { queries } = apart.table;
    const reversed = {
      ...apart,
      table: { ...apart.table, queries: queries.map((q, i) => ({ ...q, step: { ...q.step!, index: 3 - i } })) },
    };
    // 300 tokens first, then 200 of which 100 are cached, then 100 of which none.
    const costs = [600, 10 + 200, 200];
    const bills = [6000, 100 + 2000, 2000];
    const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
    expect(metrics(reversed)['trajectory_savings']).toBeCloseTo(1 - sum(costs) / sum(bills), 12);
  });

  it('pays a failed trajectory again, and counts none of its rows as passed', () => {
    const small = 200 + 210 + 220;
    const failed = metrics(runOf([0, 0, 0], [1, 2, 3], [2]));
    expect(failed).toMatchObject({ trajectory_pass: 0, fell_short: 1 / 3, right_sized: 2 / 3, overpaid: 0 });
    expect(failed['trajectory_savings']).toBeCloseTo(-small / bill, 12);
    expect(failed['tier_score']).toBeCloseTo((2 / 3 + 2 / 3 + 0 - small / bill) / 4, 12);
  });

  it('is not known without steps, prices or tokens; a query that stands alone is a trajectory', () => {
    const run = runOf([0, 0], [1, 2]);
    const alone = { ...run.table, queries: run.table.queries.map(({ step: _, ...query }) => query) };
    expect(metrics({ ...run, table: alone })).toMatchObject({
      trajectory_pass: null,
      tier_score: null,
      right_sized: 1,
    });
    const mixed = { ...run.table, queries: [run.table.queries[0]!, alone.queries[1]!] };
    expect(metrics({ ...run, table: mixed })['trajectory_savings']).toBeCloseTo(1 - (200 + 400) / (2000 + 4000), 12);
    const free = { ...run, candidates: run.candidates.map(({ id, model }) => ({ id, model })) };
    expect(metrics(free)).toMatchObject({
      trajectory_pass: 1,
      trajectory_savings: null,
      tier_score: null,
      right_sized: null,
    });
    run.table.values.outputTokens[3] = NaN;
    expect(metrics({ ...run, table: { ...run.table } })['trajectory_savings']).toBeNull();
  });
});

describe('how large a model is taken', () => {
  it('asks for the cheapest of the best; of two at one price either is right', () => {
    const table = tableOf(
      ['a', 'b', 'c'],
      [
        [0.5, 1, 1],
        [1, 1, 0],
        [0, 0, 0],
        [0, 0, 1],
      ],
    );
    for (let q = 0; q < 4; q++) table.values.cost.set([1, 1, 3], 3 * q);
    const run = (choices: number[]) => ({ candidates: [], newModels: [], table, choices: Int32Array.from(choices) });
    expect(metrics(run([1, 0, 1, 2]))).toMatchObject({ right_sized: 1, fell_short: 0, overpaid: 0 });
    expect(metrics(run([2, 2, 2, 0]))).toMatchObject({ right_sized: 0, fell_short: 1 / 2, overpaid: 1 / 2 });
  });
});
