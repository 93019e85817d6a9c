import { describe, expect, it } from 'vitest';
import { dualAscent } from './dual-ascent.js';

describe('dualAscent', () => {
  it('rises by what was spent beyond what is due, in shares of it, and falls by what was saved', () => {
    expect(dualAscent(4, 2, 0.3, 0.2)).toBeCloseTo(5, 12);
    expect(dualAscent(4, 2, 0, 0.2)).toBeCloseTo(2, 12);
    expect(dualAscent(4, 2, 0.2, 0.2)).toBe(4);
  });

  it('never falls below 0, and one cost of any size moves it by ten steps at most', () => {
    expect(dualAscent(1, 2, 0, 0.2)).toBe(0);
    expect(dualAscent(1, 2, 1e9, 0.2)).toBe(21);
  });

  it('stays where nothing is due', () => {
    for (const due of [0, -1, NaN]) expect(dualAscent(3, 1, 1, due)).toBe(3);
  });

  it('brings mean spending to what is due', () => {
    // Spending that falls as λ rises: c = 1 / (1 + λ).
    let [lambda, sum] = [0, 0];
    for (let t = 0; t < 4_000; t++) {
      const cost = 1 / (1 + lambda);
      sum += cost;
      lambda = dualAscent(lambda, 0.05, cost, 0.2);
    }
    expect(lambda).toBeCloseTo(4, 2);
    expect(sum / 4_000).toBeCloseTo(0.2, 1);
  });
});
