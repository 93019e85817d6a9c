import { createMatrix, normalizeRows, rowOf, type Matrix } from '@routeprofile/schema';
import { principalDirections } from './directions.js';

/** What the vectors of all models have in common. */
export interface CommonPart {
  /** [1 × dimensions] */
  mean: Matrix;
  /** [at most `remove` × dimensions], unit rows. */
  directions: Matrix;
}

/**
 * @param vectors [models × dimensions]
 * @param remove directions to find. At least one is left in which models differ: n models span at most n − 1 about their mean.
 */
export function commonPart(vectors: Matrix, remove: number): CommonPart {
  const mean = createMatrix(1, vectors.cols);
  for (let i = 0; i < vectors.rows; i++) rowOf(vectors, i).forEach((x, d) => (mean.data[d]! += x / vectors.rows));
  const centred = createMatrix(vectors.rows, vectors.cols, vectors.data.slice());
  for (let i = 0; i < vectors.rows; i++) rowOf(centred, i).forEach((_, d, row) => (row[d]! -= mean.data[d]!));
  return { mean, directions: principalDirections(centred, Math.max(0, Math.min(remove, vectors.rows - 2))) };
}

/**
 * v′ = v − mean − Σ (u · (v − mean)) u, at unit length: algorithm 1 of Mu and Viswanath (2018), arXiv 1702.01417. A vector
 * of which nothing is left stays zero.
 */
export function withoutCommonPart(vectors: Matrix, { mean, directions }: CommonPart): Matrix {
  const out = createMatrix(vectors.rows, vectors.cols, vectors.data.slice());
  for (let i = 0; i < out.rows; i++) {
    const row = rowOf(out, i);
    row.forEach((_, d) => (row[d]! -= mean.data[d]!));
    for (let k = 0; k < directions.rows; k++) {
      const direction = rowOf(directions, k);
      const along = row.reduce((sum, x, d) => sum + x * direction[d]!, 0);
      row.forEach((_, d) => (row[d]! -= along * direction[d]!));
    }
  }
  return normalizeRows(out);
}
