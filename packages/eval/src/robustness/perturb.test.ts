import { createRandom } from '@routeprofile/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PERTURBATIONS, perturbQueries, perturbQuery, robustnessOf } from './perturb.js';

const TEXT = 'How many moons does Jupiter have, and which of them is largest?';
const letters = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
const names = PERTURBATIONS.map(({ name }) => name);

describe('perturbQuery', () => {
  it('is the same under the same seed, whatever else is perturbed', () => {
    for (const name of names) {
      const [alone] = perturbQueries([TEXT], name, 1);
      expect(perturbQueries(['another', TEXT], name, 1)[1]).toBe(alone);
      const seeds = new Set(Array.from({ length: 20 }, (_, seed) => perturbQueries([TEXT], name, seed)[0]));
      expect(seeds.size).toBeGreaterThan(1);
    }
  });

  it.each(['polite', 'paraphrase', 'instruction'] as const)('%s keeps the query whole', (name) => {
    for (const text of [TEXT, 'costs $& or $1', '', 'two {} marks {}'])
      for (const said of Array.from({ length: 20 }, (_, seed) => perturbQueries([text], name, seed)[0]!)) {
        expect(said).toContain(text);
        expect(said.length).toBeGreaterThan(text.length);
      }
  });

  it.each(['casing', 'spacing'] as const)('%s keeps letters and digits in order', (name) => {
    for (let seed = 0; seed < 30; seed++) expect(letters(perturbQueries([TEXT], name, seed)[0]!)).toBe(letters(TEXT));
  });

  it('mistypes about two letters in a hundred', () => {
    const long = 'abcdefghij '.repeat(1000);
    const mistyped = perturbQuery(long, 'typos', createRandom(3, 'typos'));
    // Of 1,000 words of ten letters, 1 − 0.98^10 = 18 % are touched; a swap of two letters leaves some alike.
    const touched = mistyped.split(' ').filter((word) => word !== 'abcdefghij' && word !== '').length;
    expect(touched).toBeGreaterThan(130);
    expect(touched).toBeLessThan(240);
  });

  it('takes any text, and cuts no character in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom(...names), fc.nat(), (text, name, seed) => {
        expect(perturbQueries([text], name, seed)[0]).not.toMatch(/\p{Cs}/u);
      }),
    );
  });
});

describe('robustnessOf', () => {
  it('is the share of choices that stay', () => {
    expect(robustnessOf(Int32Array.of(0, 1, 2, 1), Int32Array.of(0, 1, 1, 1))).toEqual({ unchanged: 0.75, queries: 4 });
    expect(() => robustnessOf(Int32Array.of(0), Int32Array.of(0, 1))).toThrow(/2 choices of perturbed queries for 1/);
    expect(() => robustnessOf([], [])).toThrow(/one at least/);
  });
});
