import { expect, it } from 'vitest';
import { costPerUseful } from './cost-per-useful.js';

it('dollars per useful answer are all dollars over all scores', () => {
  expect(costPerUseful(3, 1.5)).toBe(2);
  expect(costPerUseful(0, 2)).toBe(0);
  for (const [dollars, scores] of [
    [1, 0],
    [1, -1],
    [1e300, 1e-300],
    [Infinity, 1],
    [NaN, 1],
  ] as const)
    expect(costPerUseful(dollars, scores)).toBeUndefined();
});
