import type { OutcomeTable } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetOf, tableOf } from '../testing/test-data.js';
import { constantsFrontier, frontierGround, frontierOf as frontierOrNone, type FrontierChoices } from './frontier.js';
import { costTable } from './policies.js';

/** Costs of a call, the same on every row. */
function priced(scores: readonly (readonly number[])[], dollars: readonly number[]): OutcomeTable {
  const table = tableOf(
    dollars.map((_, m) => `m${m}`),
    scores,
  );
  table.values.cost.forEach((_, k) => (table.values.cost[k] = dollars[k % dollars.length]! / 1000));
  return table;
}
const groundOf = (table: OutcomeTable, seed = 1) => {
  const costs = costTable(table, datasetOf(table).candidates)!;
  return frontierGround(table, costs, { 'best-single': table.models.length - 1 }, { seed, resamples: 200 });
};
/** Where every point is known there is a frontier. */
function frontierOf(...given: Parameters<typeof frontierOrNone>) {
  const found = frontierOrNone(...given);
  if (!found) throw new Error('there is no frontier');
  return found;
}
const frontier = (lambdas: number[], choices: number[][], more: Partial<FrontierChoices> = {}): FrontierChoices => ({
  lambdas,
  choices: choices.map((list) => Int32Array.from(list)),
  operatingPoint: null,
  ...more,
});

describe('the frontier of a router', () => {
  // Two models at $1 and $3 per 1,000 queries: 0.5 and 0.75 on average; each row is answered by one of them.
  const table = priced(
    [
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 1],
    ],
    [1, 3],
  );

  it('has AIQ, cost to best-single and operating point as worked out by hand', () => {
    const found = frontierOf(
      frontier(
        [0, 1],
        [
          [0, 0, 1, 1],
          [0, 0, 0, 0],
        ],
        { operatingPoint: { target: 'best', lambda: 0, outOfFold: { quality: 0.9, costShare: 0.5 } } },
      ),
      groundOf(table),
    );
    expect(found.points).toEqual([
      { lambda: 0, cost: 2, quality: 1, onHull: true },
      { lambda: 1, cost: 1, quality: 0.5, onHull: true },
    ]);
    // Router: 0.5 at 1 to 1 at 2, then level: (0.75 + 1) / 2. Constants: 0.5 to 0.75.
    expect(found.aiq?.router).toBeCloseTo(0.875, 12);
    expect(found.aiq?.constants).toBeCloseTo(0.625, 12);
    expect(found.aiq?.difference.difference).toBeCloseTo(0.25, 12);
    // 0.75 is reached half way, at 1.5, which is half of best-single's 3.
    expect(found.costToBestSingle?.share).toBeCloseTo(0.5, 12);
    const [comparison] = found.operatingPoint!.comparisons;
    expect(comparison).toMatchObject({ model: 'm1', quality: { against: 'best-single', difference: 0.25 } });
    expect(comparison!.costShare!.value).toBeCloseTo(2 / 3, 12);
    for (const { low, high, value } of [comparison!.costShare!, { ...found.aiq!.difference, value: 0.25 }]) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
  });

  it('says where best-single is out of reach', () => {
    const { costToBestSingle } = frontierOf(frontier([0], [[0, 0, 0, 0]]), groundOf(table));
    expect(costToBestSingle).toMatchObject({ share: null, high: null });
    expect(costToBestSingle!.reached).toBeLessThan(1);
  });

  it('lies on the hull of constants for a router that mixes nothing', () => {
    const ground = groundOf(table);
    const { aiq } = frontierOf(
      frontier(
        [0, 1],
        [
          [1, 1, 1, 1],
          [0, 0, 0, 0],
        ],
      ),
      ground,
    );
    expect(aiq?.difference).toMatchObject({ against: 'hull of constants', difference: 0, low: 0, high: 0 });
    expect(aiq?.constants).toBe(constantsFrontier(ground).aiq);
  });

  it('is the same under the same seed', () => {
    const run = (seed: number) => JSON.stringify(frontierOf(frontier([0], [[0, 1, 1, 1]]), groundOf(table, seed)));
    expect(run(1)).toBe(run(1));
    expect(run(1)).not.toBe(run(2));
  });

  it('refuses an operating point that was not swept', () => {
    const wrong = frontier([0], [[0, 0, 0, 0]], {
      operatingPoint: { target: 'best', lambda: 7, outOfFold: { quality: 1, costShare: 1 } },
    });
    expect(() => frontierOf(wrong, groundOf(table))).toThrow(/λ = 7/);
  });

  it('needs the cost of every call, and constants that differ in cost', () => {
    const unpriced = datasetOf(table).candidates.map(({ id, model }) => ({ id, model }));
    const gaps = priced([[1, 0]], [1, 3]);
    gaps.values.cost[1] = NaN;
    expect(costTable(gaps, unpriced)).toBeNull();
    const level = groundOf(priced([[1, 0]], [2, 2]));
    expect(constantsFrontier(level).aiq).toBeNull();
    expect(frontierOf(frontier([0], [[0]]), level).aiq).toBeNull();
  });

  it('of an oracle lies above the hull of constants', () => {
    const score = fc.constantFrom(0, 0.25, 0.5, 1);
    const dollars = [1, 2, 5];
    fc.assert(
      fc.property(fc.array(fc.tuple(score, score, score), { minLength: 1, maxLength: 20 }), (scores) => {
        const steps = scores.flatMap((row) =>
          row.flatMap((a, i) => row.slice(i + 1).map((b, j) => (b - a) / (dollars[i + 1 + j]! - dollars[i]!))),
        );
        // A λ between any two at which some row changes its mind: then every corner of what can be reached is visited.
        const turns = [...new Set([0, ...steps.filter((x) => x > 0), 10])].sort((a, b) => a - b);
        const lambdas = turns.slice(1).map((x, i) => (x + turns[i]!) / 2);
        const best = (row: readonly number[], lambda: number) => {
          const worth = row.map((s, m) => s - lambda * dollars[m]!);
          return worth.indexOf(Math.max(...worth));
        };
        const choices = lambdas.map((lambda) => scores.map((row) => best(row, lambda)));
        const { aiq } = frontierOf(frontier(lambdas, choices), groundOf(priced(scores, dollars)));
        expect(aiq!.difference.difference).toBeGreaterThanOrEqual(-1e-9);
        expect(aiq!.difference.low).toBeGreaterThanOrEqual(-1e-9);
      }),
      { numRuns: 30 },
    );
  });
});
