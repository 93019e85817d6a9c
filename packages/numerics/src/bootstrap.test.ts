import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialTail } from './binomial.js';
import { meanOf, percentileInterval, quantile, resample, resampledMeans } from './bootstrap.js';

describe('the bootstrap', () => {
  it('draws the same rows for the same seed and number of rows, whatever is computed of them', () => {
    const [a, b] = [Float64Array.of(1, 2, 3, 4), Float64Array.of(4, 0, 0, 9)];
    const options = { seed: 3, resamples: 50 };
    expect(resampledMeans([a, b], options)[1]).toEqual(resampledMeans([b], options)[0]);
    const direct: number[] = [];
    resample(4, options, (drawn) => direct.push(meanOf(Float64Array.from(drawn, (i) => a[i]!))));
    resampledMeans([a], options)[0]!.forEach((mean, r) => expect(mean).toBeCloseTo(direct[r]!, 12));
    expect(resampledMeans([a], { ...options, seed: 4 })).not.toEqual(resampledMeans([a], options));
  });

  it('has the spread of the mean', () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => i % 10);
    const means = resampledMeans([values], { seed: 1, resamples: 4000 })[0]!;
    const centre = meanOf(means);
    const deviation = Math.sqrt(meanOf(means.map((x) => (x - centre) ** 2)));
    expect(centre).toBeCloseTo(4.5, 1);
    expect(deviation / Math.sqrt(8.25 / 100)).toBeCloseTo(1, 1);
    const { low, high } = percentileInterval(means);
    expect((high - low) / (2 * 1.96 * deviation)).toBeCloseTo(1, 1);
  });
});

describe('quantile', () => {
  it('lies between neighbours, and does not subtract infinities', () => {
    expect(quantile(Float64Array.of(1, 2, 4), 0.75)).toBe(3);
    expect(quantile(Float64Array.of(1, Infinity, Infinity), 0.75)).toBe(Infinity);
    expect(quantile(Float64Array.of(7), 0.3)).toBe(7);
  });
});

describe('binomialTail', () => {
  it('is the sum of the terms, and falls with every success asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (n, p) => {
        let choose = 1;
        let below = 0;
        for (let k = 0; k <= n; k++) {
          expect(binomialTail(k, n, p)).toBeCloseTo(1 - below, 9);
          below += choose * p ** k * (1 - p) ** (n - k);
          choose *= (n - k) / (k + 1);
        }
      }),
    );
    expect(binomialTail(0, 0, 0.5)).toBe(1);
    expect(binomialTail(1, 5, 0)).toBe(0);
    expect(binomialTail(1000, 1000, 0.5)).toBeCloseTo(0, 12);
  });
});
