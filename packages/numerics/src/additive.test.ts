import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitAdditive } from './additive.js';

describe('fitAdditive', () => {
  it('makes nothing of rounding errors where all models are equal', () => {
    const [tasks, models] = [
      [4.000000000000002, 0, 0],
      [-1.1597959309009736e-15, 0, 0],
    ];
    const values = Float64Array.from({ length: 9 }, (_, k) => tasks[Math.floor(k / 3)]! + models[k % 3]!);
    const fit = fitAdditive(values, 3, { weights: Float64Array.of(1, 2, 1, 3, 0, 1, 1, 1, 5) });
    fit.rows.forEach((row, t) => expect(row).toBeCloseTo(tasks[t]!, 12));
    fit.models.forEach((part) => expect(part).toBeCloseTo(0, 12));
  });

  it('recovers tasks and models from an incomplete table', () => {
    const effects = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(effects, effects, (tasks, models) => {
        const values = Float64Array.from({ length: 9 }, (_, k) => tasks[Math.floor(k / 3)]! + models[k % 3]!);
        // The middle cell is missing; the others still join all tasks and models.
        const weights = Float64Array.of(1, 2, 1, 3, 0, 1, 1, 1, 5);
        const fit = fitAdditive(values.with(4, 1e6), 3, { weights });
        values.forEach((value, k) => expect(fit.rows[Math.floor(k / 3)]! + fit.models[k % 3]!).toBeCloseTo(value, 5));
      }),
      { numRuns: 40 },
    );
  });

  it('does not reward a model for having met the easy task only', () => {
    // Model 0 met both tasks, model 1 the easy one and was worse there.
    const fit = fitAdditive([90, 80, 10, NaN], 2);
    expect(fit.models[0]! - fit.models[1]!).toBeCloseTo(10, 8);
  });

  it('solves the normal equations of weighted least squares, with and without a ridge', () => {
    const cell = fc.record({
      value: fc.double({ min: -9, max: 9, noNaN: true }),
      weight: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 20, maxLength: 20 }), fc.constantFrom(0, 0.5, 4), (cells, ridge) => {
        const weights = cells.map(({ weight }) => weight);
        const fit = fitAdditive(
          Float64Array.from(cells, ({ value }) => value),
          4,
          { weights, ridge },
        );
        const residual = (k: number) => cells[k]!.value - fit.rows[Math.floor(k / 4)]! - fit.models[k % 4]!;
        const over = (which: (k: number) => boolean) =>
          cells.reduce((sum, { weight }, k) => sum + (which(k) ? weight * residual(k) : 0), 0);
        for (let q = 0; q < 5; q++) expect(over((k) => Math.floor(k / 4) === q)).toBeCloseTo(0, 8);
        if (ridge > 0) return;
        for (let m = 0; m < 4; m++) expect(over((k) => k % 4 === m)).toBeCloseTo(0, 8);
      }),
      { numRuns: 100 },
    );
  });

  it('draws models together by the ridge', () => {
    // Two models, 3 rows, always 1 apart: each is 1/2 from the row, and 3 (1/2 − part) = ridge · part.
    const fit = fitAdditive([1, 0, 1, 0, 1, 0], 2, { ridge: 1 });
    expect(fit.models[0]! - fit.models[1]!).toBeCloseTo(3 / 4, 12);
  });

  it('names values that overflow', () => {
    expect(() => fitAdditive([1e308, -1e308, 1e308, 1e308], 2)).toThrow(/too large/);
  });

  it('takes rows with a single value as one row where it is chance who has it', () => {
    const log = [1, NaN, NaN, 0, 1, NaN, NaN, 0];
    const apart = fitAdditive(log, 2);
    expect([[...apart.rows], [...apart.models]]).toEqual([
      [1, 0, 1, 0],
      [0, 0],
    ]);
    const together = fitAdditive([1, NaN, NaN, 0, 1, NaN, NaN, 1], 2, { loneRows: 'together' });
    expect([...together.rows]).toEqual([0.75, 0.75, 0.75, 0.75]);
    expect(together.models[0]).toBeCloseTo(0.25, 12);
    expect(together.models[1]).toBeCloseTo(-0.25, 12);
  });

  it('leaves rows that compare models as they are beside those that share a level', () => {
    const values = [0.9, 0.5, 0.3, -0.1, 0.8, NaN, NaN, 0.4];
    const fit = fitAdditive(values, 2, { loneRows: 'together' });
    expect(fit.models[0]! - fit.models[1]!).toBeCloseTo(0.4, 12);
    expect(fit.rows[2]).toBe(fit.rows[3]);
    expect(fit.rows[0]).toBeCloseTo(0.7, 12);
  });
});
