import { createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { layoutOf } from './likelihood.js';
import { listResponses } from './responses.js';
import { spectralStart } from './start.js';

describe('where a fit of item responses starts', () => {
  it.each([
    ['more components than models', 12],
    ['fewer', 3],
  ])('is one point for models that cannot be told apart, to the last bit, with %s', (_, width) => {
    const random = createRandom(5, 'twins');
    const [queries, models, dimensions] = [60, 6, 4];
    const x = Float64Array.from({ length: queries * width }, (_, i) => (i % width === 0 ? 1 : random.float() - 0.5));
    const outcomes = new Float64Array(queries * models);
    for (let q = 0; q < queries; q++) {
      for (let m = 0; m < models; m++) outcomes[q * models + m] = random.float();
      outcomes[q * models + models - 1] = outcomes[q * models]!;
    }
    const layout = layoutOf(width, dimensions, models);
    const start = spectralStart(x, listResponses({ queries, models, outcomes }), layout, 1);
    expect(start.every(Number.isFinite)).toBe(true);
    const ability = (m: number) => [...start.subarray(layout.abilitiesAt + m * dimensions).subarray(0, dimensions)];
    expect(ability(models - 1)).toEqual(ability(0));
    expect(ability(1)).not.toEqual(ability(0));
  });
});
