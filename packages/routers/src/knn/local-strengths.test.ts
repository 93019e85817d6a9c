import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitBradleyTerry, countWins } from '@routeprofile/numerics';
import { contest } from './local-strengths.js';

describe('contest', () => {
  it('finds the strengths that the dense Newton method finds', () => {
    const model = fc.integer({ min: 0, max: 5 });
    const comparison = fc
      .record({ better: model, worse: model, weight: fc.double({ min: 0.01, max: 40, noNaN: true }) })
      .filter(({ better, worse }) => better !== worse);
    const strength = fc.double({ min: -8, max: 8, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(comparison, { maxLength: 60 }),
        fc.array(strength, { minLength: 6, maxLength: 6 }),
        fc.double({ min: 0.3, max: 10, noNaN: true }),
        (comparisons, numbers, ridge) => {
          const prior = Float64Array.from(numbers);
          const { add, strengths } = contest(prior, ridge);
          for (const { better, worse, weight } of comparisons) add(better, worse, weight);
          const expected = fitBradleyTerry(countWins(6, comparisons), 6, { ridge, prior });
          strengths(prior, 1e-9).forEach((s, m) => expect(s).toBeCloseTo(expected[m]!, 4));
        },
      ),
    );
  });

  it('grows: what is added later counts as if it had been there', () => {
    const [grown, whole] = [contest(new Float64Array(3), 1), contest(new Float64Array(3), 1)];
    grown.add(0, 1, 2);
    const before = grown.strengths(new Float64Array(3), 1e-9);
    expect(before[0]).toBeGreaterThan(0);
    for (const [better, worse] of [
      [1, 2],
      [2, 0],
    ] as const)
      grown.add(better, worse, 1);
    for (const [better, worse] of [
      [2, 0],
      [1, 2],
      [0, 1],
      [0, 1],
    ] as const)
      whole.add(better, worse, 1);
    const after = grown.strengths(before, 1e-9);
    whole.strengths(new Float64Array(3), 1e-9).forEach((s, m) => expect(after[m]).toBeCloseTo(s, 6));
  });
});
