import { RouteProfileError } from './errors.js';

/** Row-major numbers: element (i, j) is `data[i * cols + j]`. */
export interface Matrix {
  rows: number;
  cols: number;
  /** Shape [rows × cols]. */
  data: Float32Array;
}

/** Numbers of any rank, in C order, as npz files hold them. */
export interface NamedArray {
  shape: readonly number[];
  data: Float32Array;
}

/**
 * A matrix over `data`, or of zeros.
 * @throws RouteProfileError SHAPE_MISMATCH when `data` does not hold rows × cols numbers.
 */
export function createMatrix(rows: number, cols: number, data: Float32Array = new Float32Array(rows * cols)): Matrix {
  if (!Number.isInteger(rows) || !Number.isInteger(cols) || rows < 0 || cols < 0 || data.length !== rows * cols)
    throw new RouteProfileError('SHAPE_MISMATCH', `${data.length} numbers do not make a ${rows} × ${cols} matrix`);
  return { rows, cols, data };
}

/** Row i as a view: writing to it writes to the matrix. */
export function rowOf(matrix: Matrix, i: number): Float32Array {
  return matrix.data.subarray(i * matrix.cols, (i + 1) * matrix.cols);
}

/** The chosen rows, copied in the order given; an index may repeat. */
export function takeRows(matrix: Matrix, indices: ArrayLike<number>): Matrix {
  const out = createMatrix(indices.length, matrix.cols);
  for (let i = 0; i < indices.length; i++) out.data.set(rowOf(matrix, indices[i]!), i * matrix.cols);
  return out;
}

/**
 * The chosen rows in the order given: a view where they lie one after another in the matrix, else a copy. Of large matrices that are read
 * only, it saves the copy; who writes to rows takes `takeRows`.
 */
export function viewRows(matrix: Matrix, indices: ArrayLike<number>): Matrix {
  const first = indices[0] ?? 0;
  for (let i = 1; i < indices.length; i++) if (indices[i] !== first + i) return takeRows(matrix, indices);
  const { cols, data } = matrix;
  return createMatrix(indices.length, cols, data.subarray(first * cols, (first + indices.length) * cols));
}

/**
 * Rows of equal length put together. An empty list gives a 0 × 0 matrix.
 * @throws RouteProfileError SHAPE_MISMATCH naming the first row of another length.
 */
export function fromRows(rows: readonly ArrayLike<number>[]): Matrix {
  const cols = rows[0]?.length ?? 0;
  const out = createMatrix(rows.length, cols);
  rows.forEach((row, i) => {
    if (row.length !== cols)
      throw new RouteProfileError('SHAPE_MISMATCH', `row ${i} has ${row.length} numbers, the first has ${cols}`);
    out.data.set(row, i * cols);
  });
  return out;
}

/** Every row divided by its Euclidean norm, in a copy; a row of norm below 1e-12 stays as it is. */
export const normalizeRows = (matrix: Matrix): Matrix =>
  normalizeRowsInPlace(createMatrix(matrix.rows, matrix.cols, matrix.data.slice()));

/** As `normalizeRows`, in the matrix itself, which it returns: for one that nobody else holds. */
export function normalizeRowsInPlace(matrix: Matrix): Matrix {
  for (let i = 0; i < matrix.rows; i++) {
    const row = rowOf(matrix, i);
    let square = 0;
    for (const x of row) square += x * x;
    const norm = Math.sqrt(square);
    if (norm >= 1e-12) for (let j = 0; j < row.length; j++) row[j]! /= norm;
  }
  return matrix;
}

/**
 * Lets a matrix of finite numbers pass.
 * @param what how messages name the matrix
 * @throws RouteProfileError NOT_FINITE naming the first row and column that is NaN or infinite.
 */
export function assertFinite(matrix: Matrix, what: string): void {
  for (let k = 0; k < matrix.data.length; k++)
    if (!Number.isFinite(matrix.data[k]))
      throw new RouteProfileError(
        'NOT_FINITE',
        `${what}: row ${Math.floor(k / matrix.cols)}, column ${k % matrix.cols} is ${matrix.data[k]}`,
        { hint: 'Look for NaN, infinity or very large numbers in what went in.' },
      );
}

/**
 * Lets a matrix of the given size pass; `undefined` means any.
 * @param what how messages name the matrix
 * @throws RouteProfileError SHAPE_MISMATCH naming both sizes.
 */
export function assertShape(matrix: Matrix, rows: number | undefined, cols: number | undefined, what: string): void {
  if (
    matrix.data.length !== matrix.rows * matrix.cols ||
    (rows !== undefined && matrix.rows !== rows) ||
    (cols !== undefined && matrix.cols !== cols)
  )
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `${what} is ${matrix.rows} × ${matrix.cols} (${matrix.data.length} numbers), expected ${rows ?? 'any'} × ${cols ?? 'any'}`,
    );
}
