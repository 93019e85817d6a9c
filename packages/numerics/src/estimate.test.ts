import { describe, expect, it } from 'vitest';
import { binomialTail } from './binomial.js';
import { meanEstimate, ratioEstimate, wilsonInterval } from './estimate.js';

const ramp = (rows: number) => Float64Array.from({ length: rows }, (_, i) => i);

describe('bootstrap estimates', () => {
  it('have no ends with fewer rows than ten, which one resample after the other would repeat', () => {
    expect(meanEstimate(ramp(9), { seed: 1 })).toEqual({ value: 4, low: null, high: null });
    expect(ratioEstimate(ramp(9), ramp(9), { seed: 1 })).toEqual({ value: 1, low: null, high: null });
    expect(ratioEstimate(ramp(10), ramp(10), { seed: 1 })).toEqual({ value: 1, low: 1, high: 1 });
  });

  it('are none where a ratio has no number', () => {
    expect(ratioEstimate(ramp(10), new Float64Array(10), { seed: 1 })).toBeNull();
    const [huge, tiny] = [1e300, 1e-300].map((scale) => ramp(10).map((x) => x * scale));
    expect(ratioEstimate(huge!, tiny!, { seed: 1 })).toBeNull();
  });
});

describe('wilsonInterval', () => {
  it('is that of the tables', () => {
    // Newcombe 1998, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for (const [count, rows, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const) {
      const found = wilsonInterval(count / rows, rows);
      expect(found.low).toBeCloseTo(low, 4);
      expect(found.high).toBeCloseTo(high, 4);
    }
  });

  it('holds the share about 95 times of 100, for ten rows too', () => {
    for (const [rows, share] of [
      [10, 0.9],
      [10, 0.5],
      [50, 0.8],
    ] as const) {
      let covered = 0;
      for (let k = 0; k <= rows; k++) {
        const { low, high } = wilsonInterval(k / rows, rows);
        if (low <= share && share <= high)
          covered += binomialTail(k, rows, share) - (k < rows ? binomialTail(k + 1, rows, share) : 0);
      }
      expect(covered).toBeGreaterThan(0.92);
      expect(covered).toBeLessThan(0.99);
    }
  });
});
