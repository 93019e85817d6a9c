import { UNKNOWN } from '../tokenizer/vocabulary.js';

/** Texts as what their vectors are averages of: the distinct pieces of each and their shares, row after row. */
export interface Bags {
  /** Row i is at `start[i]` up to `start[i + 1]`. */
  start: Int32Array;
  piece: Int32Array;
  /** Sums to 1 in each row. */
  share: Float32Array;
}

/** @param texts ids of pieces; a text without any is read as one unknown */
export function bagsOf(texts: readonly Int32Array[]): Bags {
  const start = new Int32Array(texts.length + 1);
  const piece: number[] = [];
  const share: number[] = [];
  texts.forEach((ids, row) => {
    const counts = new Map<number, number>();
    for (const id of ids.length === 0 ? [UNKNOWN] : ids) counts.set(id, (counts.get(id) ?? 0) + 1);
    for (const [id, count] of counts) {
      piece.push(id);
      share.push(count / Math.max(1, ids.length));
    }
    start[row + 1] = piece.length;
  });
  return { start, piece: Int32Array.from(piece), share: Float32Array.from(share) };
}

/** `out = Σ shareₖ · vectors[pieceₖ]` of one row. */
export function averageOf(bags: Bags, row: number, vectors: Float32Array, out: Float32Array | Float64Array): void {
  const dimensions = out.length;
  out.fill(0);
  for (let k = bags.start[row]!; k < bags.start[row + 1]!; k++) {
    const share = bags.share[k]!;
    const from = bags.piece[k]! * dimensions;
    for (let d = 0; d < dimensions; d++) out[d]! += share * vectors[from + d]!;
  }
}

/** `sums[pieceₖ] += shareₖ · values` for each piece of one row: the transpose of `averageOf`. */
export function spread(bags: Bags, row: number, values: Float32Array | Float64Array, sums: Float32Array): void {
  const dimensions = values.length;
  for (let k = bags.start[row]!; k < bags.start[row + 1]!; k++) {
    const share = bags.share[k]!;
    const from = bags.piece[k]! * dimensions;
    for (let d = 0; d < dimensions; d++) sums[from + d]! += share * values[d]!;
  }
}
