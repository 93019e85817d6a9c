import { createMatrix, normalizeRows, rowOf, type Matrix } from '@routeprofile/schema';

/**
 * The context of each query: its embedding at unit length and a constant 1, the place of the intercept.
 * @param vectors [queries × dimensions]
 */
export function contextsOf(vectors: Matrix): Matrix {
  const unit = normalizeRows(vectors);
  const out = createMatrix(unit.rows, unit.cols + 1);
  for (let q = 0; q < unit.rows; q++) {
    const row = rowOf(out, q);
    row.set(rowOf(unit, q));
    row[unit.cols] = 1;
  }
  return out;
}
