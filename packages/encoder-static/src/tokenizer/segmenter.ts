import { ROOT, type Trie } from './trie.js';
import { UNKNOWN } from './vocabulary.js';

/** What segmentation reads: the trie of pieces (a space counts as `▁`), and of each piece its score and its length in UTF-16 units. */
export interface Pieces {
  trie: Trie;
  score: Float64Array;
  length: Int32Array;
}

/** Cuts stretches of text into pieces; the last one's are in `ids` and `ends`. */
export interface Segmenter {
  /**
   * The best segmentation of `text[from, to)`, which pieces neither enter nor leave across its edges.
   * @param before score of the best segmentation of all that is before it
   * @returns number of pieces
   */
  cut(text: string, from: number, to: number, before: number): number;
  /** The pieces in reading order; unknown symbols one by one. */
  ids: Int32Array;
  /** Where each ends, counted from `from`. */
  ends: Int32Array;
  /** Score of the best segmentation up to the stretch's end. */
  score: number;
  /**
   * Whether the stretch is cut alike after every score between `LOWEST_SCORE` and 0. It may not be where two ways are as good as equal, since sums
   * round differently elsewhere, nor where a score of 0 has a meaning of its own (see `createTokenizer`).
   */
  decided: boolean;
}

/** Ways whose scores are closer may change places when they are counted from elsewhere: rounding stays below a fifth of this. */
const CLOSE = 1e-6;
/** From here down to negative infinity, additions round too coarsely for `CLOSE`. */
export const LOWEST_SCORE = -1e7;

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** The Viterbi algorithm over a double array; the dialect is told at `createTokenizer`. */
export function createSegmenter({ trie, score, length }: Pieces): Segmenter {
  const { code, base, check, value } = trie;
  /** Of the best segmentation up to a place: its score, its last piece, and whether any reaches the place. */
  let best = new Float64Array(0);
  let last = new Int32Array(0);
  let reached = new Uint8Array(0);

  const cut = (text: string, from: number, to: number, before: number): number => {
    const n = to - from;
    if (best.length <= n) {
      const size = Math.max(64, 2 * n);
      [best, last, reached] = [new Float64Array(size), new Int32Array(size), new Uint8Array(size)];
      [self.ids, self.ends] = [new Int32Array(size), new Int32Array(size)];
    }
    best.fill(0, 0, n + 1);
    last.fill(UNKNOWN, 0, n + 1);
    reached.fill(0, 0, n + 1);
    best[0] = before;
    reached[0] = 1;
    let decided = true;

    for (let start = 0; start < n; start++) {
      const unit = text.charCodeAt(from + start);
      // Half of a pair of surrogates is not a symbol.
      if (isLow(unit) && start > 0 && isHigh(text.charCodeAt(from + start - 1))) continue;
      if (reached[start] === 0) decided = false;
      const soFar = best[start]!;
      let matched = false;
      let state = ROOT;
      for (let end = start; end < n;) {
        const step = code[text.charCodeAt(from + end)]!;
        const next = base[state]! + step;
        if (step === 0 || check[next] !== state) break;
        state = next;
        end++;
        const id = value[state]!;
        if (id < 0) continue;
        matched = true;
        if (score[id]! > 0) decided = false;
        const candidate = soFar + score[id]!;
        const known = best[end]!;
        if (reached[end] === 1 && Math.abs(candidate - known) < CLOSE) decided = false;
        if (known === 0 || candidate >= known) {
          best[end] = candidate;
          last[end] = id;
        }
        reached[end] = 1;
      }
      if (matched) continue;
      const end = start + symbolLength(text, from + start, to);
      const known = best[end]!;
      if (reached[end] === 1 && Math.abs(soFar - known) < CLOSE) decided = false;
      if (known === 0 || soFar >= known) {
        best[end] = soFar;
        last[end] = UNKNOWN;
      }
      reached[end] = 1;
    }

    let count = 0;
    for (let end = n; end > 0; count++) {
      const id = last[end]!;
      self.ids[count] = id;
      self.ends[count] = end;
      end -= id === UNKNOWN ? symbolLengthBefore(text, from + end, from) : length[id]!;
    }
    self.ids.subarray(0, count).reverse();
    self.ends.subarray(0, count).reverse();
    self.score = best[n]!;
    self.decided = decided;
    return count;
  };
  const self: Segmenter = { cut, ids: new Int32Array(0), ends: new Int32Array(0), score: 0, decided: true };
  return self;
}

const symbolLength = (text: string, at: number, to: number): number =>
  isHigh(text.charCodeAt(at)) && at + 1 < to && isLow(text.charCodeAt(at + 1)) ? 2 : 1;

const symbolLengthBefore = (text: string, end: number, from: number): number =>
  isLow(text.charCodeAt(end - 1)) && end - 2 >= from && isHigh(text.charCodeAt(end - 2)) ? 2 : 1;
