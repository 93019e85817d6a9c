import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitAdditive } from './additive.js';

describe('fitAdditive', () => {
  it('recovers tasks and models from an incomplete table', () => {
    const effects = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(effects, effects, (tasks, models) => {
        const values = Float64Array.from({ length: 9 }, (_, k) => tasks[Math.floor(k / 3)]! + models[k % 3]!);
        // The middle cell is missing; the others still join all tasks and models.
        const weights = Float64Array.of(1, 2, 1, 3, 0, 1, 1, 1, 5);
        const fit = fitAdditive(values.with(4, 1e6), weights, 3, 3);
        values.forEach((value, k) => expect(fit.tasks[Math.floor(k / 3)]! + fit.models[k % 3]!).toBeCloseTo(value, 5));
      }),
      { numRuns: 40 },
    );
  });

  it('does not reward a model for having met the easy task only', () => {
    // Model 0 met both tasks, model 1 the easy one and was worse there.
    const fit = fitAdditive(Float64Array.of(90, 80, 10, 0), Float64Array.of(1, 1, 1, 0), 2, 2);
    expect(fit.models[0]! - fit.models[1]!).toBeCloseTo(10, 8);
  });
});
