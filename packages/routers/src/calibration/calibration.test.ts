import { createMatrix, createRandom, type RouterInput } from '@routeprofile/schema';
import { sigmoid } from '@routeprofile/numerics';
import { emptyOutcomes, syntheticRouterInput } from '@routeprofile/schema/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationSchema, chanceOf, chancesOf, fitCalibration } from './calibration.js';
import { expectedCalibrationError } from './error.js';
import { fitIsotonic, isotonicChance } from './isotonic.js';
import { whyNoChances, type Observations } from './observations.js';
import { fitTemperature, temperatureChance } from './temperature.js';

const ctx = { seed: 5 };
const pooled = (scores: number[], outcomes: number[]): Observations => ({
  scores: Float64Array.from(scores),
  outcomes: Float64Array.from(outcomes),
  models: new Int32Array(scores.length),
  queries: Int32Array.from(scores.keys()),
});

/** Scores whose chance of a right answer is known: sigmoid(2 · score − 1). */
function simulated(rows: number, chance = (score: number) => sigmoid(2 * score - 1)) {
  const random = createRandom(9, 'calibration test');
  const scores = createMatrix(rows, 3);
  const outcomes = emptyOutcomes(rows, 3);
  for (let k = 0; k < rows * 3; k++) {
    scores.data[k] = 2 * random.normal();
    outcomes.score[k] = random.float() < chance(scores.data[k]!) ? 1 : 0;
  }
  const { input } = syntheticRouterInput({ models: 3, queries: 3 });
  const training: RouterInput['training'] = {
    queries: { texts: Array.from({ length: rows }, () => '') },
    tasks: Array.from({ length: rows }, () => null),
    pairs: [],
    outcomes,
  };
  const foldOf = Int32Array.from({ length: rows }, (_, q) => q % 5);
  return { input: { ...input, training }, scores, foldOf };
}

describe('expected calibration error', () => {
  it('is the distance of mean prediction and mean outcome within groups of equal mass', () => {
    // Groups (0.1, 0.2), (0.8, 0.9): |0.3 − 1| / 4 + |1.7 − 1| / 4.
    expect(expectedCalibrationError([0.9, 0.1, 0.8, 0.2], [1, 0, 0, 1], { bins: 2 })).toBeCloseTo(0.35, 12);
    expect(expectedCalibrationError([0.5, 0.5, 0.5, 0.5], [1, 0, 1, 0], { bins: 4 })).toBe(0);
    expect(expectedCalibrationError([], [])).toBeNaN();
  });

  it('does not depend on the order of rows, and lies between 0 and 1', () => {
    const row = fc.record({ p: fc.integer({ min: 0, max: 4 }).map((x) => x / 4), y: fc.integer({ min: 0, max: 1 }) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 8 }), (rows, bins) => {
        const error = (list: typeof rows) =>
          expectedCalibrationError(
            list.map(({ p }) => p),
            list.map(({ y }) => y),
            { bins },
          );
        expect(error(rows)).toBeCloseTo(error([...rows].reverse()), 12);
        expect(error(rows)).toBeGreaterThanOrEqual(0);
        expect(error(rows)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('isotonic curve', () => {
  it('pools violators, and draws lines between the middles of steps', () => {
    const curve = fitIsotonic(pooled([1, 2, 3, 4], [0, 1, 0, 1]));
    // Steps {1}, {2, 3}, {4} with (sum + ½) / (n + 1).
    expect(curve.scores).toEqual([1, 2.5, 4]);
    expect(curve.chances).toEqual([0.25, 0.5, 0.75]);
    expect(isotonicChance(curve, 1.75)).toBeCloseTo(0.375, 12);
    expect([isotonicChance(curve, -9), isotonicChance(curve, 9)]).toEqual([0.25, 0.75]);
  });

  it('ascends, whatever the rows', () => {
    const row = fc.record({ s: fc.integer({ min: -3, max: 3 }), y: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 50 }), (rows) => {
        const curve = fitIsotonic(
          pooled(
            rows.map(({ s }) => s),
            rows.map(({ y }) => y),
          ),
        );
        const chances = Array.from({ length: 29 }, (_, i) => isotonicChance(curve, i / 4 - 3.5));
        expect(chances.every((p, i) => p > 0 && p < 1 && (i === 0 || p >= chances[i - 1]!))).toBe(true);
      }),
    );
  });
});

describe('temperature', () => {
  it('finds slope and offset of the curve that made the outcomes', () => {
    const { input, scores } = simulated(4000);
    const data = pooled([...scores.data], [...input.training.outcomes!.score]);
    const { slope, offset, link } = fitTemperature(data, 3, false);
    expect(link).toBe('identity');
    expect(Math.abs(slope - 2)).toBeLessThan(0.1);
    expect(Math.abs(offset + 1)).toBeLessThan(0.1);
  });

  it('reads scores between 0 and 1 by their logit, and keeps chances that are right already', () => {
    const random = createRandom(2, 'chances');
    const scores = Array.from({ length: 20_000 }, () => 0.05 + 0.9 * random.float());
    const curve = fitTemperature(
      pooled(
        scores,
        scores.map((p) => (random.float() < p ? 1 : 0)),
      ),
      1,
      false,
    );
    expect(curve.link).toBe('logit');
    for (const p of [0.1, 0.5, 0.9]) expect(Math.abs(temperatureChance(curve, -1, p) - p)).toBeLessThan(0.02);
  });

  it('has the mean outcome as its mean, soft outcomes too, and never turns scores round', () => {
    const scores = [0.2, 0.4, 0.6, 3];
    const outcomes = [1, 0.75, 0.5, 0];
    const curve = fitTemperature(pooled(scores, outcomes), 1, false);
    expect(curve.slope).toBe(0);
    expect(temperatureChance(curve, -1, 0.3)).toBeCloseTo(0.5625, 4);
  });

  it('gives models offsets of their own on request', () => {
    const data: Observations = {
      scores: new Float64Array(400).map((_, i) => (i % 7) / 7 + 1),
      outcomes: new Float64Array(400).map((_, i) => (i % 2 === 0 ? 0.9 : 0.1)),
      models: new Int32Array(400).map((_, i) => i % 2),
      queries: new Int32Array(400).map((_, i) => i >> 1),
    };
    const curve = fitTemperature(data, 3, true);
    expect(temperatureChance(curve, 0, 1.5)).toBeCloseTo(0.9, 1);
    expect(temperatureChance(curve, 1, 1.5)).toBeCloseTo(0.1, 1);
    expect(curve.modelOffsets![2]).toBeCloseTo(0, 9);
  });
});

describe('calibration', () => {
  it('lowers the calibration error of scores that are no chances, and survives JSON', () => {
    const { input, scores, foldOf } = simulated(2000);
    const found = fitCalibration(input, scores, foldOf, { method: 'auto', perModel: false }, ctx)!;
    expect(found.crossValidation.map(({ method }) => method)).toEqual(['temperature', 'isotonic']);
    expect(found.curve.method).toBe('temperature');
    const fresh = simulated(1000);
    const error = expectedCalibrationError(chancesOf(found, fresh.scores), fresh.input.training.outcomes!.score);
    expect(error).toBeLessThan(0.03);
    const copy = calibrationSchema.parse(JSON.parse(JSON.stringify(found)));
    expect(chanceOf(copy, 'model-1', 0.4)).toBe(chanceOf(found, 'model-1', 0.4));
  });

  it('takes the isotonic curve where no logistic one fits', () => {
    const { input, scores, foldOf } = simulated(2000, (score) => (score > 1 ? 0.95 : score > 0 ? 0.5 : 0.45));
    expect(fitCalibration(input, scores, foldOf, { method: 'auto', perModel: false }, ctx)!.curve.method).toBe(
      'isotonic',
    );
  });

  it('leaves missing outcomes out', () => {
    const { input, scores, foldOf } = simulated(500);
    input.training.outcomes!.score.fill(NaN, 900);
    const found = fitCalibration(input, scores, foldOf, { method: 'temperature', perModel: false }, ctx)!;
    expect(chancesOf(found, scores).every(Number.isFinite)).toBe(true);
  });

  it('says why there are no chances', () => {
    const { input, scores, foldOf } = simulated(10);
    expect(whyNoChances({ outcomes: null })).toMatch(/pairs/);
    input.training.outcomes!.score[3] = 80;
    expect(whyNoChances(input.training)).toMatch(/between 0 and 1/);
    expect(fitCalibration(input, scores, foldOf, { method: 'auto', perModel: false }, ctx)).toBeNull();
  });
});
