import { createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { pairedInterval, pairedIntervals } from './interval.js';

describe('pairedInterval', () => {
  const random = createRandom(9, 'interval test');
  const a = Float64Array.from({ length: 400 }, () => random.normal() + 0.2);
  const b = Float64Array.from(a, (x) => x - 0.1 + 0.5 * random.normal());

  it('agrees with the normal approximation on many rows', () => {
    const d = a.map((x, i) => x - b[i]!);
    const mean = d.reduce((s, x) => s + x, 0) / d.length;
    const error = Math.sqrt(d.reduce((s, x) => s + (x - mean) ** 2, 0) / d.length / d.length);
    const found = pairedInterval(a, b, { seed: 1, resamples: 8000 })!;
    expect(found.difference).toBeCloseTo(mean, 12);
    expect(found.low).toBeCloseTo(mean - 1.96 * error, 2);
    expect(found.high).toBeCloseTo(mean + 1.96 * error, 2);
  });

  it('depends on the seed alone, not on what else is resampled', () => {
    const alone = pairedInterval(a, b, { seed: 1 });
    const d = a.map((x, i) => x - b[i]!);
    expect(pairedIntervals([b, d], { seed: 1 })[1]).toEqual(alone);
    expect(pairedInterval(a, b, { seed: 2 })).not.toEqual(alone);
  });

  it('covers the truth about 95 times of 100', () => {
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const stream = createRandom(trial, 'coverage');
      const d = Float64Array.from({ length: 60 }, () => stream.normal() + 1);
      const found = pairedIntervals([d], { seed: trial, resamples: 1000 })[0]!;
      if (found.low <= 1 && 1 <= found.high) covered++;
    }
    expect(covered).toBeGreaterThan(180);
    expect(covered).toBeLessThan(199);
  });

  it('is exactly zero for equal sides, and leaves out rows that do not count', () => {
    expect(pairedInterval(a, a, { seed: 1 })).toEqual({ difference: 0, low: 0, high: 0 });
    const ten = (value: number) => new Float64Array(11).fill(value).fill(NaN, 10);
    expect(pairedInterval(ten(1), ten(0), { seed: 1 })).toEqual({ difference: 1, low: 1, high: 1 });
    expect(pairedInterval(Float64Array.of(NaN), Float64Array.of(NaN), { seed: 1 })).toBeNull();
  });

  it('gives none with fewer rows than ten, which one resample after the other would repeat', () => {
    const ramp = (rows: number) => Float64Array.from({ length: rows }, (_, i) => i);
    expect(pairedInterval(ramp(9), new Float64Array(9), { seed: 1 })).toBeNull();
    expect(pairedInterval(ramp(10), new Float64Array(10), { seed: 1 })?.difference).toBe(4.5);
  });

  it('refuses sides that count different rows', () => {
    expect(() => pairedInterval(Float64Array.of(1, NaN), Float64Array.of(1, 2), { seed: 1 })).toThrow(/same rows/);
    expect(() => pairedInterval(Float64Array.of(1), Float64Array.of(1, 2), { seed: 1 })).toThrow(/same rows/);
  });
});
