import fc from 'fast-check';
import { emptyOutcomes } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { bestSingle, comparableMeans, standings } from './best-single.js';

const outcomesOf = (table: readonly (readonly number[])[]) => {
  const outcomes = emptyOutcomes(table.length, table[0]!.length);
  outcomes.score.set(table.flat());
  return { pairs: [], outcomes };
};
const repeated = (times: number, row: readonly number[]) => Array.from({ length: times }, () => row);

describe('comparableMeans', () => {
  const means = (table: number[][]) => comparableMeans(Float64Array.from(table.flat()), table[0]!.length);

  it('are plain means where everything is measured, a model without a value aside', () => {
    expect(
      means([
        [1, 0.5, NaN],
        [0, 0.5, NaN],
      ]),
    ).toEqual({
      means: Float64Array.of(0.5, 0.5, NaN),
      basis: 'complete-rows',
      rows: Int32Array.of(0, 1),
    });
  });

  it('are those of the complete rows where these are at least half of the rows that compare models', () => {
    const table = [
      [1, 0, 0],
      [0, 1, 1],
      [1, 1, NaN],
      [NaN, 0, 0],
      [NaN, NaN, 0],
    ];
    expect(means(table)).toMatchObject({ basis: 'complete-rows', rows: Int32Array.of(0, 1) });
  });

  it('else are what each model would have had on all rows that compare models', () => {
    // Outcomes are row + model exactly, so that the holes can be filled in.
    const [rows, models] = [
      [0.1, 0.5, 0.2, 0.4],
      [0.3, 0.2, 0.1],
    ];
    const holes = [[0], [1], [2], []];
    const table = rows.map((row, q) => models.map((model, m) => (holes[q]!.includes(m) ? NaN : row + model)));
    const found = means([...table, [NaN, 1, NaN]])!;
    expect(found).toMatchObject({ basis: 'additive', rows: Int32Array.of(0, 1, 2, 3) });
    models.forEach((model, m) => expect(found.means[m]).toBeCloseTo(0.3 + model, 10));
  });

  it('are each model’s own where too few rows are shared to link all models', () => {
    const table = [
      [1, 1, NaN, NaN],
      [NaN, NaN, 0, NaN],
      [NaN, NaN, 1, NaN],
      [NaN, NaN, NaN, 0],
    ];
    expect(means(table)).toEqual({
      means: Float64Array.of(1, 1, 0.5, 0),
      basis: 'own-rows',
      rows: Int32Array.of(0, 1, 2, 3),
    });
    expect(
      means([
        [1, NaN],
        [NaN, 0],
      ]),
    ).toMatchObject({ basis: 'own-rows' });
  });

  it('are null without a value, and an error that says so where sums overflow', () => {
    expect(means([[NaN, NaN]])).toBeNull();
    expect(() =>
      means([
        [1e308, 0],
        [1e308, 0],
      ]),
    ).toThrow(/too large/);
  });

  it('do not depend on the order of rows and follow the order of models', () => {
    const value = fc.oneof(
      fc.constant(NaN),
      fc.integer({ min: 0, max: 4 }).map((x) => x / 4),
    );
    const table = fc.array(fc.array(value, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(table, (rows) => {
        const [given, reversed] = [means(rows), means([...rows].reverse().map((row) => [...row].reverse()))];
        expect(reversed?.basis).toBe(given?.basis);
        given?.means.forEach((mean, m) => {
          if (Number.isNaN(mean)) expect(reversed!.means[2 - m]).toBeNaN();
          else expect(reversed!.means[2 - m]).toBeCloseTo(mean, 9);
        });
      }),
    );
  });
});

describe('bestSingle', () => {
  const models = ['a', 'b', 'c'];

  it('is not the model that was spared the rows on which the other fails', () => {
    // Over its own rows b has 24 of 47, a 25 of 50; where both are measured a has 25 of 47, b 24.
    const training = outcomesOf([
      ...repeated(23, [1, 0]),
      ...repeated(22, [0, 1]),
      ...repeated(2, [1, 1]),
      ...repeated(3, [0, NaN]),
    ]);
    expect(bestSingle(['a', 'b'], training)).toMatchObject({ model: 'a', basis: 'complete-rows' });
  });

  it('is of the highest worth, the earlier of equals', () => {
    expect(bestSingle(models, outcomesOf([[0, 1, 0.5]]))).toMatchObject({ model: 'b', index: 1, from: 'outcomes' });
    expect(bestSingle(models, outcomesOf([[0.5, 1, 1]]))?.model).toBe('b');
    const third = 1 / 3;
    const lastBit = third + 2 ** -53;
    expect(bestSingle(models, outcomesOf([[0, third, lastBit]]))?.model).toBe('b');
  });

  it('is never a model that nothing is known of, nor a new one, whatever is known of it', () => {
    expect(bestSingle(models, outcomesOf([[NaN, 0, NaN]]))?.model).toBe('b');
    expect(bestSingle(models, outcomesOf([[1, 0, 0.5]]), ['a'])?.model).toBe('c');
    expect(bestSingle(models, outcomesOf([[1, 0, 0.5]]), models)).toBeNull();
  });

  it('does not let a new model decide which rows are complete', () => {
    const rows = [...repeated(3, [0, 1, NaN]), ...repeated(2, [1, 0, 1])];
    expect(bestSingle(models, outcomesOf(rows), ['c'])).toMatchObject({
      model: 'b',
      rows: Int32Array.of(0, 1, 2, 3, 4),
    });
  });

  it('reads pairs where there is no outcome, and leaves out those of unknown and new models', () => {
    const pairs = [
      { query: 0, better: 1, worse: 0 },
      { query: 1, better: 1, worse: 0 },
      { query: 2, better: 0, worse: 1 },
      { query: 2, better: 2, worse: 1 },
      { query: 3, better: 0, worse: 9 },
    ];
    const found = bestSingle(models, { pairs, outcomes: null }, ['c'])!;
    expect(found).toMatchObject({ model: 'b', index: 1, from: 'pairs' });
    expect(found.worth[2]).toBeNaN();
    expect(bestSingle(models, { pairs, outcomes: emptyOutcomes(4, 3) })?.from).toBe('pairs');
    expect(standings(models, { pairs: [], outcomes: null })).toBeNull();
  });

  it('tells very large outcomes apart, and names those whose sums overflow', () => {
    expect(bestSingle(models, outcomesOf([[1e40, 2e40, 0]]))?.model).toBe('b');
    expect(() => bestSingle(models, outcomesOf([...repeated(2, [1e308, 0, 0])]))).toThrow(/too large/);
  });
});
