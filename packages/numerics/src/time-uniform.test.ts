import { createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { normalQuantile } from './normal.js';
import { timeUniformBound } from './time-uniform.js';

describe('timeUniformBound', () => {
  it('is passed by sums of surprises, at any time, no more often than it says', () => {
    const random = createRandom(5, 'time-uniform');
    const [paths, steps, right, error] = [2000, 400, 0.85, 0.1];
    let [passed, fixed] = [0, 0];
    for (let path = 0; path < paths; path++) {
      let [sum, above, aboveFixed] = [0, false, false];
      for (let n = 1; n <= steps; n++) {
        sum += right - (random.float() < right ? 1 : 0);
        above ||= sum > timeUniformBound(n / 4, 2, error);
        // What a test made for one look would have as its boundary, with the true variance.
        aboveFixed ||= n >= 30 && sum > normalQuantile(1 - error) * Math.sqrt(n * right * (1 - right));
      }
      if (above) passed++;
      if (aboveFixed) fixed++;
    }
    expect(passed / paths).toBeLessThan(error);
    expect(fixed / paths).toBeGreaterThan(2 * error);
  });

  it('is the formula, and grows with the variance and with certainty', () => {
    expect(timeUniformBound(10, 2, 0.05)).toBeCloseTo(Math.sqrt(24 * Math.log(Math.sqrt(6) / 0.1 + 1)), 12);
    expect(timeUniformBound(20, 2, 0.05)).toBeGreaterThan(timeUniformBound(10, 2, 0.05));
    expect(timeUniformBound(10, 2, 0.01)).toBeGreaterThan(timeUniformBound(10, 2, 0.05));
  });
});
