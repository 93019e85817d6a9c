import { createRandom } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationOf, equalMassBins } from './calibration.js';
import { regretsOf } from './regret.js';
import { riskCoverage } from './risk-coverage.js';

const bootstrap = { seed: 1, resamples: 300 };
const of = (...values: number[]) => Float64Array.from(values);

describe('risk and coverage', () => {
  it('has the area worked out by hand', () => {
    // Losses by falling confidence: 0, 0, 1, 0. Risks 0, 0, 1/3, 1/4.
    const found = riskCoverage(of(0.2, 0.9, 0.5, 0.8), of(1, 1, 0, 1), bootstrap)!;
    expect(found.points).toEqual([
      { coverage: 0.25, risk: 0 },
      { coverage: 0.5, risk: 0 },
      { coverage: 0.75, risk: 1 / 3 },
      { coverage: 1, risk: 0.25 },
    ]);
    expect(found.aurc.value).toBeCloseTo((1 / 3 + 1 / 4) / 4, 12);
    expect(found.random).toBe(0.25);
    expect(found.perfect).toBeCloseTo(0.25 / 4, 12);
    expect(found.difference.difference).toBeCloseTo((1 / 3 + 1 / 4) / 4 - 0.25, 12);
  });

  it('puts rows of equal confidence in random order, on average', () => {
    const { aurc, random, difference } = riskCoverage(of(1, 1, 1, 1), of(1, 0, 1, 0.5), bootstrap)!;
    expect(aurc.value).toBeCloseTo(random, 12);
    expect(difference.low).toBeCloseTo(0, 12);
    expect(difference.high).toBeCloseTo(0, 12);
  });

  it('lies between the perfect order and its reverse, whatever the scale of confidence', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom(0, 0.5, 1)), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(rows, (pairs) => {
        const confidence = Float64Array.from(pairs, ([c]) => c);
        const scores = Float64Array.from(pairs, ([, s]) => s);
        const few = { seed: 1, resamples: 2 };
        const { aurc, perfect } = riskCoverage(confidence, scores, few)!;
        const worst = riskCoverage(
          scores.map((s) => -s),
          scores,
          few,
        )!.aurc.value;
        expect(aurc.value).toBeGreaterThanOrEqual(perfect - 1e-12);
        expect(aurc.value).toBeLessThanOrEqual(worst + 1e-12);
        const scaled = confidence.map((c) => Math.exp(c) - 3);
        expect(riskCoverage(scaled, scores, few)!.aurc.value).toBe(aurc.value);
      }),
    );
  });

  it('draws at most 50 points, the last of all rows', () => {
    const many = Float64Array.from({ length: 1234 }, (_, i) => i % 2);
    const { points } = riskCoverage(many, many, { seed: 1, resamples: 2 })!;
    expect(points).toHaveLength(50);
    expect(points.at(-1)).toEqual({ coverage: 1, risk: 0.5 });
  });

  it('says nothing without rows, or of scores outside 0 to 1', () => {
    expect(riskCoverage(of(), of(), bootstrap)).toBeNull();
    expect(riskCoverage(of(1), of(7), bootstrap)).toBeNull();
    expect(calibrationOf(of(1), of(-1), bootstrap)).toBeNull();
  });
});

describe('calibration', () => {
  it('has error and Brier score as worked out by hand', () => {
    // Two bins of ten: probability 0.3 with mean 0.5, and 0.9 with mean 0.8.
    const probabilities = Float64Array.from({ length: 20 }, (_, i) => (i % 2 ? 0.9 : 0.3));
    const scores = Float64Array.from({ length: 20 }, (_, i) => (i % 2 ? Number(i > 3) : Number(i % 4 === 0)));
    const found = calibrationOf(probabilities, scores, bootstrap)!;
    expect(found.bins.map(({ rows, from, to }) => [rows, from, to])).toEqual([
      [10, 0.3, 0.3],
      [10, 0.9, 0.9],
    ]);
    expect(found.bins.map(({ meanScore }) => meanScore.value)).toEqual([0.5, 0.8]);
    expect(found.ece.value).toBeCloseTo(0.5 * 0.2 + 0.5 * 0.1, 12);
    const brier = (5 * 0.7 ** 2 + 5 * 0.3 ** 2 + 8 * 0.1 ** 2 + 2 * 0.9 ** 2) / 20;
    expect(found.brier.value).toBeCloseTo(brier, 12);
    expect(found.meanProbability).toBeCloseTo(0.6, 12);
    expect(found.meanScore).toBe(0.65);
    const chance = Math.sqrt((2 * 10 * 0.21) / Math.PI) + Math.sqrt((2 * 10 * 0.09) / Math.PI);
    expect(found.eceByChance).toBeCloseTo(chance / 20, 12);
  });

  it('shows about as much error as chance does when every probability is right', () => {
    const random = createRandom(5, 'calibration');
    const trials = Array.from({ length: 40 }, () => {
      const probabilities = Float64Array.from({ length: 300 }, () => random.float());
      const scores = probabilities.map((p) => Number(random.float() < p));
      const { ece, eceByChance } = calibrationOf(probabilities, scores, { seed: 1, resamples: 2 })!;
      return ece.value / eceByChance;
    });
    expect(trials.reduce((a, b) => a + b) / trials.length).toBeCloseTo(1, 1);
  });

  it('cuts bins of equal mass and never parts equal values', () => {
    expect([...equalMassBins(of(0.4, 0.1, 0.3, 0.2), 2).bin]).toEqual([1, 0, 1, 0]);
    expect([...equalMassBins(of(0.1, 0.2, 0.2, 0.2, 0.2, 0.3), 3).bin]).toEqual([0, 0, 0, 0, 0, 1]);
    expect(equalMassBins(of(1, 1, 1), 3).bins).toBe(1);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 10 }),
        (list, most) => {
          const { bin, bins } = equalMassBins(Float64Array.from(list), most);
          expect(new Set(bin).size).toBe(bins);
          expect(bins).toBeLessThanOrEqual(most);
          list.forEach((a, i) =>
            list.forEach((b, j) => {
              if (a === b) expect(bin[i]).toBe(bin[j]);
              if (a < b) expect(bin[i]!).toBeLessThanOrEqual(bin[j]!);
            }),
          );
        },
      ),
    );
  });

  it('is the same under the same seed, and brackets its own figures', () => {
    const random = createRandom(7, 'calibration');
    const probabilities = Float64Array.from({ length: 200 }, () => random.float());
    const scores = probabilities.map((p) => Number(random.float() < p * p));
    const found = calibrationOf(probabilities, scores, bootstrap)!;
    expect(calibrationOf(probabilities, scores, bootstrap)).toEqual(found);
    for (const { value, low, high } of [found.ece, found.brier, ...found.bins.map(({ meanScore }) => meanScore)]) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
  });
});

describe('regret', () => {
  it('is what the choice loses to the best of the row', () => {
    const [some, none] = regretsOf([of(1, 0, 0.5, 0), of(1, 1, 1, 0)], of(1, 1, 1, 0), bootstrap);
    expect(some).toMatchObject({ mean: { value: 0.375 }, none: 0.5 });
    expect(some!.quantiles.slice(0, 2)).toEqual([
      { at: 0.5, regret: 0.25 },
      { at: 0.75, regret: 0.625 },
    ]);
    expect(none).toMatchObject({ mean: { value: 0, low: 0, high: 0 }, none: 1 });
    expect(regretsOf([of()], of(), bootstrap)).toEqual([null]);
  });
});
