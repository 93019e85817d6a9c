import { createMatrix, RouteProfileError, rowOf, type Matrix } from '@routeprofile/schema';

const LARGEST_CODE = 127;
/** The code of NaN, which means "not measured". */
const MISSING = -128;

/** Rows of signed bytes, each with a scale: number = code × scale, NaN for code −128. */
export interface PackedRows {
  rows: number;
  cols: number;
  codes: Int8Array;
  /** [rows] */
  scales: Float32Array;
}

/**
 * Rows whose numbers are all k · s with |k| ≤ 127, as those of a quantized profile set are, in a quarter of the room.
 * @returns null where a single number would not come back bit for bit, and for rows that hold nothing but zeros
 */
export function packRows(matrix: Matrix): PackedRows | null {
  const { rows, cols } = matrix;
  const packed = { rows, cols, codes: new Int8Array(rows * cols), scales: new Float32Array(rows) };
  for (let i = 0; i < rows; i++) {
    const row = rowOf(matrix, i);
    let largest = 0;
    for (const x of row) if (Math.abs(x) > largest) largest = Math.abs(x);
    const scale = Math.fround(largest / LARGEST_CODE);
    packed.scales[i] = scale;
    for (let d = 0; d < cols; d++) {
      const x = row[d]!;
      const code = Number.isNaN(x) ? MISSING : scale === 0 ? 0 : Math.round(x / scale);
      packed.codes[i * cols + d] = code;
      if (!Object.is(valueOf(code, scale), x)) return null;
    }
  }
  return packed.scales.some((scale) => scale > 0) ? packed : null;
}

/** @throws RouteProfileError CORRUPT_FILE when there is not one scale per row. */
export function unpackRows(
  { rows, cols, codes, scales }: Omit<PackedRows, 'codes'> & { codes: ArrayLike<number> },
  path: string,
): Matrix {
  if (scales.length !== rows)
    throw new RouteProfileError('CORRUPT_FILE', `${path}: has ${scales.length} scales for ${rows} packed rows`, {
      hint: 'Make the profile set again.',
    });
  const out = createMatrix(rows, cols);
  for (let at = 0; at < out.data.length; at++) out.data[at] = valueOf(codes[at]!, scales[Math.floor(at / cols)]!);
  return out;
}

/** In float32; never a negative zero. */
const valueOf = (code: number, scale: number): number => (code === MISSING ? NaN : Math.fround(code * scale) + 0);
