import { principalAxes, type PrincipalAxes } from '@routeprofile/numerics';
import { createMatrix, rowOf, takeRows, type Matrix } from '@routeprofile/schema';

/** Of more rows than this, this many evenly spaced ones stand for all. */
const MAX_ROWS = 4_096;
/** Below this share of the largest, a direction holds rounding errors only. */
const NOISE = 1e-12;

/** Mean and the N directions of largest variance. */
export const principalComponents = (matrix: Matrix, wanted: number): PrincipalAxes =>
  principalAxes(evenly(matrix), { most: wanted, flat: NOISE });

function evenly(matrix: Matrix): Matrix {
  if (matrix.rows <= MAX_ROWS) return matrix;
  return takeRows(
    matrix,
    Int32Array.from({ length: MAX_ROWS }, (_, i) => Math.floor((i * matrix.rows) / MAX_ROWS)),
  );
}

/** Rows as they are read back: mean + Σ_c code[c] · axis[c], codes in float32. */
export function project(matrix: Matrix, { mean, axes }: Pick<PrincipalAxes, 'mean' | 'axes'>): Matrix {
  const out = createMatrix(matrix.rows, matrix.cols);
  for (let i = 0; i < matrix.rows; i++) {
    const row = rowOf(matrix, i);
    const sum = mean.slice();
    for (let c = 0; c < axes.rows; c++) {
      const component = rowOf(axes, c);
      let code = 0;
      for (let d = 0; d < row.length; d++) code += (row[d]! - mean[d]!) * component[d]!;
      code = Math.fround(code);
      for (let d = 0; d < row.length; d++) sum[d]! += code * component[d]!;
    }
    rowOf(out, i).set(sum);
  }
  return out;
}
