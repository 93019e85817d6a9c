import { createMatrix, type Matrix } from '@routeprofile/schema';

/** [a.rows × b.rows] dot products of rows of equal length, summed in double precision; cosines when the rows are unit rows. */
export function rowProducts(a: Matrix, b: Matrix): Matrix {
  const out = createMatrix(a.rows, b.rows);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < b.rows; j++) {
      let dot = 0;
      for (let d = 0; d < a.cols; d++) dot += a.data[i * a.cols + d]! * b.data[j * b.cols + d]!;
      out.data[i * out.cols + j] = dot;
    }
  return out;
}
