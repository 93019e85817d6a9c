import { createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { layoutOf } from './likelihood.js';
import { listResponses } from './responses.js';
import { responseMoments, spectralStart } from './start.js';

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
    const responses = listResponses({ queries, models, outcomes });
    const start = spectralStart(responseMoments(x, width, responses), 'outcomes', layout, 1);
    expect(start.every(Number.isFinite)).toBe(true);
    const ability = (m: number) => [...start.subarray(layout.abilitiesAt + m * dimensions).subarray(0, dimensions)];
    expect(ability(models - 1)).toEqual(ability(0));
    expect(ability(1)).not.toEqual(ability(0));
  });

  it.each(['outcomes', 'pairs'] as const)('is the same, to the bit, from moments of more coordinates: %s', (kind) => {
    const random = createRandom(6, 'moments');
    const [queries, models, dimensions, widest, width] = [40, 9, 3, 8, 5];
    const all = Float64Array.from({ length: queries * widest }, (_, i) => (i % widest === 0 ? 1 : random.normal()));
    const some = Float64Array.from(
      { length: queries * width },
      (_, i) => all[Math.floor(i / width) * widest + (i % width)]!,
    );
    const outcomes = Float64Array.from({ length: queries * models }, () =>
      random.float() < 0.1 ? NaN : random.int(2),
    );
    const pairs = Array.from({ length: 80 }, () => {
      const better = random.int(models);
      return { query: random.int(queries), better, worse: (better + 1 + random.int(models - 1)) % models };
    });
    const responses = listResponses(kind === 'outcomes' ? { queries, models, outcomes } : { queries, models, pairs });
    const layout = layoutOf(width, dimensions, models);
    expect(spectralStart(responseMoments(all, widest, responses), kind, layout, 2)).toEqual(
      spectralStart(responseMoments(some, width, responses), kind, layout, 2),
    );
  });
});
