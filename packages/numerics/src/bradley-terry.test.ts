import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitBradleyTerry, countWins, type Comparison } from './bradley-terry.js';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe('fitBradleyTerry', () => {
  it('is the log odds of two models when the prior is weak', () => {
    const [a, b] = fitBradleyTerry(Float64Array.of(0, 3, 1, 0), 2, { ridge: 1e-9 });
    expect(a! - b!).toBeCloseTo(Math.log(3), 6);
    expect(a! + b!).toBeCloseTo(0, 6);
  });

  it('counts a tie as half a win for either', () => {
    const wins = countWins(2, [
      { better: 0, worse: 1 },
      { better: 0, worse: 1, tie: true },
    ]);
    expect([...wins]).toEqual([0, 1.5, 0.5, 0]);
    const [a, b] = fitBradleyTerry(countWins(2, [{ better: 0, worse: 1, tie: true }]), 2);
    expect(a).toBeCloseTo(b!, 12);
  });

  it('keeps a model that never lost finite, and leaves one that never played at its prior', () => {
    const wins = countWins(
      3,
      Array.from({ length: 50 }, () => ({ better: 0, worse: 1 })),
    );
    const strengths = fitBradleyTerry(wins, 3, { prior: Float64Array.of(0, 0, 0.7) });
    expect(strengths.every(Number.isFinite)).toBe(true);
    expect(strengths[0]).toBeGreaterThan(1);
    expect(strengths[2]).toBeCloseTo(0.7, 10);
  });

  it('gives the players the same strengths, to the bit, however many models never played', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ better: fc.nat(3), worse: fc.nat(3), weight: fc.nat(9) }), { maxLength: 20 }),
        fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 9, maxLength: 9 }),
        (comparisons, prior) => {
          // Players 0 to 3 of 4, and the same ones as 1, 2, 5 and 8 of 9.
          const place = [1, 2, 5, 8];
          const among = comparisons.map(({ better, worse, weight }) => ({
            better: place[better]!,
            worse: place[worse]!,
            weight,
          }));
          const few = fitBradleyTerry(countWins(4, comparisons), 4, {
            prior: Float64Array.from(place, (m) => prior[m]!),
          });
          const expected = Float64Array.from(prior);
          place.forEach((m, i) => (expected[m] = few[i]!));
          expect(fitBradleyTerry(countWins(9, among), 9, { prior: Float64Array.from(prior) })).toEqual(expected);
        },
      ),
    );
  });

  it('puts islands that never met on one scale', () => {
    const wins = countWins(4, [
      { better: 0, worse: 1 },
      { better: 2, worse: 3 },
      { better: 2, worse: 3 },
    ]);
    const [a, b, c, d] = fitBradleyTerry(wins, 4);
    expect([a! + b!, c! + d!].every((sum) => Math.abs(sum) < 1e-9)).toBe(true);
    expect(c!).toBeGreaterThan(a!);
  });

  it('solves the equations of the posterior mode: wins − expected wins = ridge · (strength − prior)', () => {
    const comparison = fc.record({
      better: fc.integer({ min: 0, max: 4 }),
      worse: fc.integer({ min: 0, max: 4 }),
      tie: fc.boolean(),
      weight: fc.double({ min: 0, max: 50, noNaN: true }),
    });
    const played = fc.array(comparison, { maxLength: 60 }).map((list) => list.filter((c) => c.better !== c.worse));
    fc.assert(
      fc.property(played, fc.double({ min: 0.01, max: 10, noNaN: true }), (comparisons: Comparison[], ridge) => {
        const wins = countWins(5, comparisons);
        const s = fitBradleyTerry(wins, 5, { ridge });
        for (let i = 0; i < 5; i++) {
          let slope = -ridge * s[i]!;
          for (let j = 0; j < 5; j++) {
            const w = wins[i * 5 + j]!;
            const l = wins[j * 5 + i]!;
            slope += w - (w + l) * sigmoid(s[i]! - s[j]!);
          }
          expect(Math.abs(slope)).toBeLessThan(1e-5);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('refuses what has no answer', () => {
    expect(() => fitBradleyTerry(new Float64Array(4), 2, { ridge: 0 })).toThrow(/ridge/);
    expect(() => fitBradleyTerry(new Float64Array(3), 2)).toThrow(/3 counts/);
    expect(() => fitBradleyTerry(Float64Array.of(0, NaN, 0, 0), 2)).toThrow(/finite/);
  });
});
