import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costPath, costSweep, lambdaGrid, modelAt, pessimisticCosts } from './cost-path.js';

const model = fc.record({
  value: fc.integer({ min: 0, max: 20 }).map((x) => x / 20),
  cost: fc.integer({ min: 0, max: 50 }).map((x) => x / 100),
});
const models = fc.array(model, { minLength: 1, maxLength: 6 });
const lambdas = fc.double({ min: 0, max: 30, noNaN: true });

describe('cost path', () => {
  it('moves from the best value to the cheapest, at the prices where lines cross', () => {
    // (.9, .01), (.8, .002), (.6, .0001): crossings at .1/.008 = 12.5 and .2/.0019.
    const path = costPath([0.9, 0.8, 0.6], [0.01, 0.002, 0.0001]);
    expect(path.models).toEqual([0, 1, 2]);
    expect(path.from[1]).toBeCloseTo(12.5, 9);
    expect(path.from[2]).toBeCloseTo(0.2 / 0.0019, 9);
    expect([modelAt(path, 0), modelAt(path, 12), modelAt(path, 13), modelAt(path, 1e9)]).toEqual([0, 0, 1, 2]);
  });

  it('gives a model that no other beats at the price', () => {
    fc.assert(
      fc.property(models, lambdas, (list, lambda) => {
        const worth = (m: number) => list[m]!.value - lambda * list[m]!.cost;
        const path = costPath(
          list.map(({ value }) => value),
          list.map(({ cost }) => cost),
        );
        const chosen = worth(modelAt(path, lambda));
        list.forEach((_, m) => expect(worth(m)).toBeLessThanOrEqual(chosen + 1e-9));
      }),
    );
  });

  it('costs ever less as the price rises, and begins at the first of the best', () => {
    fc.assert(
      fc.property(models, fc.array(lambdas, { minLength: 2, maxLength: 8 }), (list, prices) => {
        const values = list.map(({ value }) => value);
        const path = costPath(
          values,
          list.map(({ cost }) => cost),
        );
        expect(modelAt(path, 0)).toBe(values.indexOf(Math.max(...values)));
        const spent = prices.sort((a, b) => a - b).map((lambda) => list[modelAt(path, lambda)]!.cost);
        expect(spent.every((cost, i) => i === 0 || cost <= spent[i - 1]!)).toBe(true);
      }),
    );
  });
});

it('an unknown cost counts as the dearest known', () => {
  expect([...pessimisticCosts([NaN, 2, 1])]).toEqual([2, 2, 1]);
  expect([...pessimisticCosts([NaN, NaN])]).toEqual([0, 0]);
});

describe('sweep', () => {
  const values = Float64Array.of(0.9, 0.8, 0.6, 0.5, 0.5, 0.4);
  const costs = Float64Array.of(0.01, 0.002, 0.0001, 0.01, 0.002, NaN);
  const paths = [0, 3].map((k) => costPath(values.subarray(k, k + 3), pessimisticCosts(costs.subarray(k, k + 3))));

  it('has a grid from 0 to beyond the last change, of at most so many points', () => {
    const all = lambdaGrid(paths, 100);
    expect(all[0]).toBe(0);
    expect(all[all.length - 1]).toBeGreaterThan(0.2 / 0.0019);
    expect(lambdaGrid(paths, 3).length).toBeLessThanOrEqual(3);
    expect([...lambdaGrid([{ models: [0], from: [0] }], 9)]).toEqual([0]);
  });

  it('gives the choice of every query at every price', () => {
    const choices = costSweep(values, costs, 3, Float64Array.of(0, 50, 1000));
    // Of two equally good ones the dearer first in order stays at 0; the cheaper is taken as soon as a dollar counts.
    expect(choices.map((row) => [...row])).toEqual([
      [0, 0],
      [1, 1],
      [2, 1],
    ]);
  });

  it('spends ever less on average', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(model, model, model), { minLength: 1, maxLength: 20 }), (rows) => {
        const flat = rows.flat();
        const [v, c] = [Float64Array.from(flat, (m) => m.value), Float64Array.from(flat, (m) => m.cost)];
        const own = rows.map((_, q) => costPath(v.subarray(q * 3, q * 3 + 3), c.subarray(q * 3, q * 3 + 3)));
        const spent = costSweep(v, c, 3, lambdaGrid(own, 30)).map((choices) =>
          choices.reduce((sum, m, q) => sum + c[q * 3 + m]!, 0),
        );
        expect(spent.every((cost, i) => i === 0 || cost <= spent[i - 1]! + 1e-12)).toBe(true);
        const least = rows.reduce((sum, row) => sum + Math.min(...row.map(({ cost }) => cost)), 0);
        expect(spent[spent.length - 1]).toBeCloseTo(least, 9);
      }),
    );
  });
});
