import { describe, expect, it } from 'vitest';
import { fitOffPolicy } from './evidence.js';
import { drawLog } from './test-log.js';

const meanGap = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, k) => sum + Math.abs(x - b[k]!), 0) / a.length;

describe('estimated propensities', () => {
  it('come near those of the log, and say how near', () => {
    const { log, propensities } = drawLog(1500, 3, 2);
    const found = fitOffPolicy(log, { seed: 1 }).propensities;
    expect(found.source).toBe('estimated');
    expect(meanGap(found.overlap, propensities)).toBeLessThan(0.04);
    const { axes, logLikelihood, logLikelihoodOfShares, calibrationError } = found.calibration!;
    expect(axes).toBe(4);
    expect(logLikelihood).toBeGreaterThan(logLikelihoodOfShares + 0.1);
    expect(calibrationError).toBeLessThan(0.04);
  });

  it('are the shares where queries make no difference, and where there are no vectors', () => {
    const { log } = drawLog(1500, 3, 2, 0);
    const { calibration, overlap } = fitOffPolicy(log, { seed: 1 }).propensities;
    expect(calibration!.axes).toBe(0);
    expect(meanGap(overlap, new Float64Array(4500).fill(1 / 3))).toBeLessThan(0.02);
    const { vectors: _, ...blind } = drawLog(400, 3, 2).log;
    expect(fitOffPolicy(blind, { seed: 1 }).propensities.calibration!.axes).toBe(0);
  });

  it('are raised to the floor, and the rows counted', () => {
    const { log } = drawLog(600, 3, 2, 3);
    const { weighing, overlap, clipped } = fitOffPolicy(log, { seed: 1, floor: 0.2 }).propensities;
    const low = [...log.chosen.keys()].filter((q) => overlap[q * 3 + log.chosen[q]!]! < 0.2).length;
    expect(clipped).toBe(low);
    expect(low).toBeGreaterThan(0);
    expect(weighing.reduce((a, b) => Math.min(a, b))).toBe(0.2);
  });

  it('do not see the fold that they are for: a choice that nothing foretells is not learned', () => {
    const { log } = drawLog(300, 2, 4, 0);
    const flipped = { ...log, chosen: log.chosen.map((m, q) => (q === 0 ? 1 - m : m)) };
    flipped.score = log.score.slice();
    flipped.score.set([1, 1], 0);
    const own = (rows: typeof log) => fitOffPolicy(rows, { seed: 1 }).propensities.overlap.slice(0, 2);
    expect(own(flipped)).toEqual(own(log));
  });
});

describe('a log of several models per row', () => {
  it('weighs the chosen one alone, unless it says how the others came to be measured', () => {
    const { log, score, propensities } = drawLog(200, 2, 4);
    const both = { ...log, score };
    expect(fitOffPolicy(both, { seed: 1 }).counted.reduce((a, b) => a + b, 0)).toBe(200);
    const all = fitOffPolicy({ ...both, propensities: { of: 'all', values: propensities } }, { seed: 1 });
    expect(all.counted.reduce((a, b) => a + b, 0)).toBe(400);
    const asked = new Uint8Array(400);
    asked[2 * 7 + (1 - log.chosen[7]!)] = 1;
    const { counted, propensities: found } = fitOffPolicy({ ...both, asked }, { seed: 1 });
    expect(counted.reduce((a, b) => a + b, 0)).toBe(201);
    expect(found.weighing[2 * 7 + (1 - log.chosen[7]!)]).toBe(1);
    expect(() => fitOffPolicy({ ...log, asked }, { seed: 1 })).toThrow(/was asked on row 7 and has no score/);
  });
});
