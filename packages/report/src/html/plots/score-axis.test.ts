import { describe, expect, it } from 'vitest';
import { scoreDomain, tickDigits } from './score-axis.js';

describe('the ticks of an axis of scores', () => {
  it('are different numbers, however narrow the range is', () => {
    for (const high of [100, 1, 0.1, 0.02, 0.001, 1e-6, 0]) {
      const domain = scoreDomain([0, high]);
      const [low, step] = [domain[0], (domain[1] - domain[0]) / 6];
      const ticks = Array.from({ length: 7 }, (_, i) => (low + i * step).toFixed(tickDigits(domain)));
      expect(new Set(ticks).size).toBe(7);
    }
  });

  it('have two digits where that is enough', () => expect(tickDigits([-0.7, 0])).toBe(2));
});
