import { createMatrix, rowOf, type Matrix } from '@routeprofile/schema';

const LARGEST_CODE = 127;
/** Rows below this are zero to every router, and their scales would leave the range of float32. */
const SMALLEST = 1e-30;
/**
 * Significant bits of a scale. With a code's 7 they fit the 24 of a float32, so that every code × scale is exact, and a file may
 * find codes and scale again from the numbers alone.
 */
const SCALE_BITS = 16;

/**
 * Every row rounded to 255 levels, symmetric about 0: code = round(x / scale), |code| ≤ 127, scale = max |x| / 127 (rounded up to 16
 * bits). The error of a number is at most half a scale. NaN stays NaN.
 * @returns the rows as they are read back
 */
export function roundToInt8(matrix: Matrix): Matrix {
  const out = createMatrix(matrix.rows, matrix.cols);
  for (let i = 0; i < matrix.rows; i++) {
    const [from, to] = [rowOf(matrix, i), rowOf(out, i)];
    let largest = 0;
    for (const x of from) if (Math.abs(x) > largest) largest = Math.abs(x);
    const scale = largest < SMALLEST ? 0 : roundedUp(largest / LARGEST_CODE);
    for (let d = 0; d < from.length; d++)
      // `+ 0`: no negative zeros, which no code stands for.
      to[d] = Number.isNaN(from[d]!) ? NaN : scale === 0 ? 0 : Math.round(from[d]! / scale) * scale + 0;
  }
  return out;
}

/** The next number of 16 significant bits. */
function roundedUp(x: number): number {
  const unit = 2 ** (Math.floor(Math.log2(x)) - SCALE_BITS + 1);
  return Math.ceil(x / unit) * unit;
}

/** A byte a number, and a float32 scale a row. */
export const int8Bytes = ({ rows, cols }: Matrix): number => rows * (cols + 4);
