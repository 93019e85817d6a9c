import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTrie, ROOT, type Trie } from './trie.js';

/** What a text leads to from the root. */
const valueOf = ({ code, base, check, value }: Trie, text: string): number => {
  let state = ROOT;
  for (let i = 0; i < text.length; i++) {
    const step = code[text.charCodeAt(i)]!;
    const next = base[state]! + step;
    if (step === 0 || check[next] !== state) return -1;
    state = next;
  }
  return value[state]!;
};

describe('buildTrie', () => {
  it('knows its words and no other', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '▁'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.uniqueArray(word, { maxLength: 200 }), fc.array(word), (words, others) => {
        const numbered = new Map(words.map((text, i) => [text, i]));
        const trie = buildTrie(numbered);
        for (const text of [...words, ...others]) expect(valueOf(trie, text)).toBe(numbered.get(text) ?? -1);
      }),
    );
  });

  it('lays itself out densely', () => {
    const words = new Map(Array.from({ length: 5_000 }, (_, i) => [(i * 2_654_435).toString(36), i]));
    const { value, check } = buildTrie(words);
    const taken = check.filter((parent) => parent >= 0).length;
    expect(value.length).toBeLessThan(1.6 * taken);
  });
});
