import { RouteProfileError, type Matrix } from '@routeprofile/schema';
import { rowDots } from '@routeprofile/numerics';

/** One of the nearest profiles. */
export interface TopModel {
  /** Row of the profiles. */
  index: number;
  /** Its product with the query: a cosine, where both are unit vectors. */
  score: number;
}

/**
 * The k profiles of highest product with a query, best first, equal ones in the order of rows: cosines, where all are unit
 * vectors. Exact search: rows × dimensions multiplications, and a heap of k for what is kept.
 *
 * @param profiles shape [models × dimensions], unit rows
 * @param query shape [dimensions]
 * @param k at least 0; more than there are rows gives all of them
 * @throws RouteProfileError SHAPE_MISMATCH for a query of another width, BAD_OPTION for a k that is not a whole number
 */
export function topModels(profiles: Matrix, query: Float32Array, k: number): TopModel[] {
  if (query.length !== profiles.cols)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `top models: the query has ${query.length} dimensions, the profiles ${profiles.cols}`,
      { hint: 'Encode queries with the encoder that the profiles were made with.' },
    );
  if (!Number.isInteger(k) || k < 0)
    throw new RouteProfileError('BAD_OPTION', `top models: k is ${k}, expected a whole number of at least 0`);
  const scores = new Float64Array(profiles.rows);
  rowDots(profiles, query, scores);
  return highest(scores, k).map((index) => ({ index, score: scores[index]! }));
}

/** Indices of the k highest numbers, highest first, the first of equals first. */
export function highest(scores: ArrayLike<number>, k: number): number[] {
  const size = Math.min(k, scores.length);
  if (size === 0) return [];
  // A later index among equals ranks below.
  const below = (a: number, b: number) => scores[a]! < scores[b]! || (scores[a] === scores[b] && a > b);
  // The lowest of those kept stands at the root.
  const heap: number[] = [];
  const sink = (from: number) => {
    for (let at = from; ;) {
      let child = 2 * at + 1;
      if (child >= heap.length) return;
      if (child + 1 < heap.length && below(heap[child + 1]!, heap[child]!)) child++;
      if (!below(heap[child]!, heap[at]!)) return;
      [heap[at], heap[child]] = [heap[child]!, heap[at]!];
      at = child;
    }
  };
  for (let i = 0; i < size; i++) heap.push(i);
  for (let i = size >> 1; i-- > 0;) sink(i);
  for (let i = size; i < scores.length; i++)
    // Only a strictly higher number displaces: indices rise.
    if (scores[i]! > scores[heap[0]!]!) {
      heap[0] = i;
      sink(0);
    }
  return heap.sort((a, b) => (below(a, b) ? 1 : -1));
}
