import { RouteProfileError, type Matrix } from '@routeprofile/schema';
import { keepBest, rowDots } from '@routeprofile/numerics';

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
  const best = keepBest(Math.min(k, scores.length));
  for (let i = 0; i < scores.length; i++) best.offer(i, scores[i]!, i);
  return [...best.take().items];
}
