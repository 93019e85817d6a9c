import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type OutcomeValues } from '@routeprofile/schema';
import { drawPairs, stratifiedDraw } from './draw.js';

const scoresOnly = (score: number[]): OutcomeValues => {
  const none = new Float64Array(score.length).fill(NaN);
  return { score: Float64Array.from(score), cost: none, inputTokens: none, outputTokens: none, latency: none };
};

describe('stratifiedDraw', () => {
  it('draws the number asked for, in order, each label within one of its share', () => {
    const labels = fc.array(fc.constantFrom('a', 'b', 'c', null), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(labels, fc.nat(70), fc.nat(), (list, total, seed) => {
        const drawn = stratifiedDraw(list, total, createRandom(seed));
        expect(drawn).toHaveLength(Math.min(total, list.length));
        expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
        for (const label of new Set(list)) {
          const share = (list.filter((x) => x === label).length * drawn.length) / list.length;
          expect(Math.abs(drawn.filter((i) => list[i] === label).length - share)).toBeLessThan(1);
        }
      }),
    );
  });
});

describe('drawPairs', () => {
  const allPairs = (score: number[]): string[] =>
    score.flatMap((a, i) => score.flatMap((b, j) => (a > b ? [`${i}>${j}`] : [])));

  it('draws distinct pairs of unequal outcomes, as many as there are up to the bound', () => {
    const score = fc.array(fc.constantFrom(0, 0.5, 1, NaN), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(score, fc.integer({ min: 1, max: 6 }), fc.nat(), (list, most, seed) => {
        const drawn = drawPairs(scoresOnly(list), list.length, most, createRandom(seed)).map(
          ({ better, worse }) => `${better}>${worse}`,
        );
        const all = allPairs(list);
        expect(drawn).toHaveLength(Math.min(most, all.length));
        expect(new Set(drawn).size).toBe(drawn.length);
        for (const pair of drawn) expect(all).toContain(pair);
      }),
    );
  });

  it('gives every unequal pair the same chance', () => {
    const score = [0, 1, 0, 2, 1];
    const counts = new Map(allPairs(score).map((pair) => [pair, 0]));
    const random = createRandom(1);
    const draws = 8000;
    for (let i = 0; i < draws; i++)
      for (const { better, worse } of drawPairs(scoresOnly(score), 5, 1, random))
        counts.set(`${better}>${worse}`, counts.get(`${better}>${worse}`)! + 1);
    const expected = draws / counts.size;
    // Chi-square with 7 degrees of freedom: beyond 30 once in 10,000 seeds.
    expect(counts.size).toBe(8);
    expect([...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)).toBeLessThan(30);
  });
});
