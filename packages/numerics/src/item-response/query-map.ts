import type { Matrix } from '@routeprofile/schema';
import type { ItemResponse } from './fit.js';
import type { Items } from './predict.js';
import type { QuerySpace } from './query-space.js';

/** Query vector → discrimination and difficulty, in one linear map. */
export interface QueryMap {
  /** Shape [(dimensions + 1) × width of the query vectors]. A row per component of discrimination, the last one for difficulty. */
  weights: Matrix;
  /** [dimensions + 1] */
  offsets: Float32Array;
}

/** The query space and the fitted functions on it as one map of query vectors. */
export function queryMap(space: QuerySpace, model: ItemResponse): QueryMap {
  const { mean, directions } = space;
  const { dimensions: D, width, discrimination, difficulty } = model;
  const cols = directions.cols;
  const sums = new Float64Array((D + 1) * cols);
  const offsets = new Float64Array(D + 1);
  for (let d = 0; d <= D; d++) {
    const effect = (k: number) => (d < D ? discrimination[k * D + d]! : difficulty[k]!);
    offsets[d] = effect(0);
    for (let k = 1; k < width; k++)
      for (let j = 0; j < cols; j++) {
        const share = effect(k) * directions.data[(k - 1) * cols + j]!;
        sums[d * cols + j]! += share;
        offsets[d]! -= share * mean[j]!;
      }
  }
  return { weights: { rows: D + 1, cols, data: Float32Array.from(sums) }, offsets: Float32Array.from(offsets) };
}

/** Items of queries by their vectors. @param vectors [queries × width] */
export function mapQueries({ weights, offsets }: QueryMap, vectors: Matrix): Items {
  const D = weights.rows - 1;
  const { cols } = weights;
  const items: Items = {
    dimensions: D,
    discrimination: new Float64Array(vectors.rows * D),
    difficulty: new Float64Array(vectors.rows),
  };
  for (let q = 0; q < vectors.rows; q++)
    for (let d = 0; d <= D; d++) {
      let sum = offsets[d]!;
      for (let j = 0; j < cols; j++) sum += weights.data[d * cols + j]! * vectors.data[q * cols + j]!;
      if (d < D) items.discrimination[q * D + d] = sum;
      else items.difficulty[q] = sum;
    }
  return items;
}
