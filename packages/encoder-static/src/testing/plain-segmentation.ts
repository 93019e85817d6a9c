import type { Segmentation } from '../tokenizer/tokenizer.js';
import { RESERVED, SPACE, UNKNOWN, type Vocabulary } from '../tokenizer/vocabulary.js';

interface TrieNode {
  children: Map<number, TrieNode>;
  id: number;
}

/** The segmentation of `createTokenizer` as plainly as it can be written: one text in one go, in code points, nothing remembered. */
export function plainSegmentation(vocabulary: Vocabulary): (text: string) => Segmentation {
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

  return segment;
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
