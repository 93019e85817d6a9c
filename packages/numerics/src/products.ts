import { createMatrix, rowOf, type Matrix } from '@routeprofile/schema';

/** Rows worked on at a time: enough independent sums to keep the processor busy, few enough to stay in registers. */
const ROWS = 4;

/**
 * The dot product of every row with a vector, into `out`. Each is summed in the order of the dimensions and in double
 * precision, so it depends on its row alone: neither on the rows beside it nor on how many there are.
 * @param vector `matrix.cols` numbers
 * @param out at least `matrix.rows` numbers
 */
export function rowDots(
  { rows, cols, data }: Matrix,
  vector: Float32Array | Float64Array,
  out: Float32Array | Float64Array,
): void {
  // Widened once here, not once per row.
  const v = new Float64Array(vector);
  let i = 0;
  for (; i + ROWS <= rows; i += ROWS) {
    const a = i * cols;
    const b = a + cols;
    const c = b + cols;
    const d = c + cols;
    let sa = 0;
    let sb = 0;
    let sc = 0;
    let sd = 0;
    for (let j = 0; j < cols; j++) {
      const x = v[j]!;
      sa += data[a + j]! * x;
      sb += data[b + j]! * x;
      sc += data[c + j]! * x;
      sd += data[d + j]! * x;
    }
    out[i] = sa;
    out[i + 1] = sb;
    out[i + 2] = sc;
    out[i + 3] = sd;
  }
  for (; i < rows; i++) {
    const a = i * cols;
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += data[a + j]! * v[j]!;
    out[i] = sum;
  }
}

/** [a.rows × b.rows] dot products of rows of equal length, summed in double precision; cosines when the rows are unit rows. */
export function rowProducts(a: Matrix, b: Matrix): Matrix {
  const out = createMatrix(a.rows, b.rows);
  for (let i = 0; i < a.rows; i++) rowDots(b, rowOf(a, i), rowOf(out, i));
  return out;
}

/** The matrix with rows and columns exchanged, as a copy. */
export function transpose({ rows, cols, data }: Matrix): Matrix {
  const out = createMatrix(cols, rows);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out.data[j * rows + i] = data[i * cols + j]!;
  return out;
}
