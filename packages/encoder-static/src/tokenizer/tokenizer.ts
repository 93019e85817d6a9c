import { createSegmenter, LOWEST_SCORE, type Pieces } from './segmenter.js';
import { buildTrie } from './trie.js';
import { RESERVED, SPACE, UNKNOWN, type Vocabulary } from './vocabulary.js';
import { CACHED_UNITS, createWordCache } from './word-cache.js';

/** A text cut into pieces. */
export interface Segmentation {
  /** What was cut: the text NFKC-normalised, with a space before it; empty for an empty text. */
  text: string;
  /** Ids of the pieces in reading order, `UNKNOWN` for each stretch that no piece matches. */
  ids: Int32Array;
  /** Where each piece ends in `text`, in UTF-16 units. */
  ends: Int32Array;
}

/** Text → the most probable pieces (SentencePiece's unigram model). */
export interface Tokenizer {
  /** The pieces and where they stand. Never throws. */
  segment: (text: string) => Segmentation;
  /** Ids in reading order; empty for an empty text. Never throws. */
  encode: (text: string) => Int32Array;
  /** The same in parts of about `units` UTF-16 units (words stay whole), for whoever must let others run in between. */
  encodeParts: (text: string, units: number) => Iterable<Int32Array>;
  /** The piece behind an id. */
  piece: (id: number) => string;
}

/** How far a text has been read. */
interface Reading {
  /** Normalised, with a space before it. */
  text: string;
  at: number;
  /** Score of the best segmentation so far. */
  score: number;
  /** Pieces of the part being read. */
  ids: Int32Array;
  ends: Int32Array;
  count: number;
  /** The piece before, also of an earlier part. */
  previous: number;
}

/**
 * Kudo's unigram segmentation (arXiv 1808.06226, section 2.2) by the Viterbi algorithm, in the dialect of the
 * TensorFlow.js encoder, whose oddities decide which vector a text gets:
 * - the text is NFKC-normalised, and `▁` is put before it and in place of every space;
 * - a symbol at which no piece starts is unknown, at a score of 0; neighbouring unknowns become one;
 * - of equally probable segmentations the one whose last piece is shorter wins;
 * - a best score of exactly 0 counts as "nothing found yet", and a place that no segmentation reaches has the score 0.
 *
 * Where no piece has a `▁` inside, words are cut one by one. What a word is cut into is remembered if it does not depend on the score
 * before it; else it is cut again from that score, so that rounding is the same as in one go.
 */
export function createTokenizer(vocabulary: Vocabulary): Tokenizer {
  const pieces = readPieces(vocabulary);
  const segmenter = createSegmenter(pieces);
  const wordByWord = vocabulary.every(([piece]) => piece.lastIndexOf(SPACE) <= 0);
  const cache = wordByWord && vocabulary.length <= 0xffff ? createWordCache() : undefined;

  const push = (reading: Reading, id: number, end: number) => {
    if (id === UNKNOWN && reading.previous === UNKNOWN) {
      if (reading.count > 0) reading.ends[reading.count - 1] = end;
      return;
    }
    if (reading.count === reading.ids.length) {
      reading.ids = doubled(reading.ids);
      reading.ends = doubled(reading.ends);
    }
    reading.previous = id;
    reading.ids[reading.count] = id;
    reading.ends[reading.count++] = end;
  };

  /** The word at `reading.at`, which begins with a space, up to `end`. */
  const readWord = (reading: Reading, end: number) => {
    const { text, at } = reading;
    const free = reading.score < 0 && reading.score > LOWEST_SCORE;
    const cached = cache !== undefined && free && end - at <= CACHED_UNITS;
    const entry = cached ? cache.find(text, at + 1, end) : 0;
    if (cached && entry > 0) {
      const { pool } = cache;
      let to = at;
      for (let i = entry, past = entry + pool[entry - 1]!; i < past; i++) {
        const id = pool[i]!;
        to += pieces.length[id]!;
        reading.score += pieces.score[id]!;
        push(reading, id, to);
      }
    } else {
      const count = segmenter.cut(text, at, end, reading.score);
      for (let i = 0; i < count; i++) push(reading, segmenter.ids[i]!, at + segmenter.ends[i]!);
      reading.score = segmenter.score;
      // How long an unknown stretch is cannot be told from its id.
      if (cached && segmenter.decided && !segmenter.ids.subarray(0, count).includes(UNKNOWN))
        cache.keep(text, at + 1, end, segmenter.ids, count);
    }
    reading.at = end;
  };

  /** Reads on, by whole words, until `units` have been read or the text ends. */
  const readOn = (reading: Reading, units: number) => {
    const { text } = reading;
    const stop = Math.min(text.length, reading.at + units);
    reading.count = 0;
    while (reading.at < stop) readWord(reading, wordByWord ? wordEnd(text, reading.at + 1) : text.length);
  };
  const begin = (text: string): Reading => {
    const normalized = isAscii(text) ? text : text.normalize('NFKC');
    const marked = normalized === '' ? '' : ` ${normalized}`;
    const room = Math.max(16, marked.length >> 1);
    const [ids, ends] = [new Int32Array(room), new Int32Array(room)];
    return { text: marked, at: 0, score: 0, ids, ends, count: 0, previous: -1 };
  };
  const readAll = (text: string): Reading => {
    const reading = begin(text);
    readOn(reading, reading.text.length);
    return reading;
  };

  return {
    segment(text) {
      const reading = readAll(text);
      return {
        text: reading.text,
        ids: reading.ids.slice(0, reading.count),
        ends: reading.ends.slice(0, reading.count),
      };
    },
    encode(text) {
      const { ids, count } = readAll(text);
      return ids.slice(0, count);
    },
    *encodeParts(text, units) {
      const reading = begin(text);
      while (reading.at < reading.text.length) {
        readOn(reading, units);
        yield reading.ids.slice(0, reading.count);
      }
    },
    piece: (id) => vocabulary[id]?.[0] ?? '',
  };
}

function readPieces(vocabulary: Vocabulary): Pieces {
  const score = Float64Array.from(vocabulary, ([, logProbability]) => logProbability ?? 0);
  score[UNKNOWN] = 0;
  const words = new Map<string, number>();
  for (let id = RESERVED; id < vocabulary.length; id++) {
    const [piece] = vocabulary[id]!;
    // A text has `▁` where spaces were, so a piece with a space in it is never met. A piece listed twice counts as its last entry.
    if (!piece.includes(' ')) words.set(piece, id);
  }
  const trie = buildTrie(words);
  trie.code[' '.charCodeAt(0)] = trie.code[SPACE.charCodeAt(0)]!;
  return { trie, score, length: Int32Array.from(vocabulary, ([piece]) => piece.length) };
}

const isAscii = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
};

const wordEnd = (text: string, from: number): number => {
  let end = from;
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    if (unit === 0x20 || unit === 0x2581) break;
  }
  return end;
};

const doubled = (old: Int32Array): Int32Array<ArrayBuffer> => {
  const grown = new Int32Array(2 * old.length);
  grown.set(old);
  return grown;
};
