import { createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { ewma, expectedLatency, peakEwma, peakEwmaAt, powerOfTwo } from './latency.js';

describe('peak EWMA', () => {
  it('rises at once, and falls with time', () => {
    const first = peakEwma(undefined, 100, 0, 1_000);
    const peak = peakEwma(first, 500, 10, 1_000);
    expect(peak).toEqual({ value: 500, at: 10 });
    expect(peakEwma(peak, 100, 10, 1_000).value).toBe(500);
    expect(peakEwma(peak, 100, 1_010, 1_000).value).toBeCloseTo(100 + 400 / Math.E, 9);
    expect(peakEwmaAt(peak, 1_010, 1_000)).toBeCloseTo(500 / Math.E, 9);
    expect(ewma(first, 500, 1_000, 1_000).value).toBeCloseTo(500 - 400 / Math.E, 9);
    // Clocks can be set back.
    expect(peakEwmaAt(peak, 0, 1_000)).toBe(500);
  });
});

describe('expectedLatency', () => {
  it('grows with the requests under way, as far as the limit is known', () => {
    const load = { firstByte: 0.5, perToken: 0.01, outstanding: 8, limit: 4 };
    expect(expectedLatency(load, 100)).toBeCloseTo(0.5 * 3 + 1, 12);
    expect(expectedLatency({ ...load, limit: Infinity }, 100)).toBeCloseTo(1.5, 12);
  });
});

describe('powerOfTwo', () => {
  it('takes the better of two distinct ones', () => {
    const random = createRandom(1, 'two');
    const taken = new Array<number>(4).fill(0);
    for (let i = 0; i < 6_000; i++) taken[powerOfTwo(4, (place) => place, random)]!++;
    // Of the pairs of four, 3, 2, 1 and 0 of 6 go to each.
    [3_000, 2_000, 1_000, 0].forEach((expected, i) => expect(Math.abs(taken[i]! - expected)).toBeLessThan(150));
    expect(powerOfTwo(1, () => 1, random)).toBe(0);
  });

  it('keeps the longest queue short', () => {
    const random = createRandom(2, 'balls');
    const longest = (choose: (load: readonly number[]) => number) => {
      const load = new Array<number>(2_000).fill(0);
      for (let i = 0; i < load.length; i++) load[choose(load)]!++;
      return Math.max(...load);
    };
    const two = longest((load) => powerOfTwo(load.length, (place) => load[place]!, random));
    expect(two).toBeLessThanOrEqual(4);
    expect(longest((load) => random.int(load.length))).toBeGreaterThan(two);
  });
});
