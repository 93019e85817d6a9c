import { linkWasm, RouteProfileError } from '@routeprofile/schema';
import { INT8_BLOCK, int8DotsKernel } from './int8-dots-kernel.js';

/** Rows per call of `dots`. */
export const MOST_ROWS = 1 << 12;
const PAGE = 1 << 16;
/** What WebAssembly can address. */
const MOST_BYTES = 2 ** 32 - PAGE;
/** A sum of products of codes (|code| ≤ 127) and a vector stays below 2³¹ while Σ |vector| is at most this. */
const MOST_SUM = Math.floor((2 ** 31 - 1) / 127);

/** Rows of int8 that grow in number, and their products with vectors. */
export interface Int8Rows {
  /** Numbers of a row. */
  readonly width: number;
  /** Bytes of a row: its width, rounded up to a multiple of 32. */
  readonly stride: number;
  /** `simd`: WebAssembly with SIMD instructions; `plain`: JavaScript. Both give the same bits, whole numbers being exact. */
  readonly kind: 'simd' | 'plain';
  /** Makes room for this many rows; rows that are new are zeros. @throws RouteProfileError LIMIT_EXCEEDED beyond 4 GiB */
  reserve(rows: number): void;
  /** A row's `width` numbers, as a view that is valid until `reserve` is called. */
  row(at: number): Int8Array;
  /** The first `rows` rows, padded, as a view that is valid until `reserve` is called. */
  bytes(rows: number): Uint8Array;
  /**
   * Products of rows with a vector, in numbers of 32 bits that the next call overwrites.
   * @param rows at most `MOST_ROWS`
   * @param vector shape [width], see `toInt16`
   */
  dots(rows: Int32Array, vector: Int16Array): Int32Array;
}

/** A vector in 16-bit numbers: x ≈ code · scale, codes as large as no sum of products with rows overflows. */
export function toInt16(vector: ArrayLike<number>): { codes: Int16Array; scale: number } {
  let [largest, sum] = [0, 0];
  for (let j = 0; j < vector.length; j++) {
    const size = Math.abs(vector[j]!);
    largest = Math.max(largest, size);
    sum += size;
  }
  const codes = new Int16Array(vector.length);
  if (!(largest > 1e-30)) return { codes, scale: 0 };
  // Rounding adds half a unit per number at most.
  const scale = Math.max(largest / 32_767, sum / (MOST_SUM - vector.length));
  for (let j = 0; j < codes.length; j++) codes[j] = Math.round(vector[j]! / scale);
  return { codes, scale };
}

const tooMany = (rows: number, stride: number) =>
  new RouteProfileError('LIMIT_EXCEEDED', `${rows} rows of ${stride} bytes are more than the 4 GiB of one table`, {
    hint: 'Split the catalogue into several indexes, or use fewer dimensions.',
  });

const strideOf = (width: number): number => Math.max(1, Math.ceil(width / INT8_BLOCK)) * INT8_BLOCK;

/** In JavaScript. */
export function plainInt8Rows(width: number): Int8Rows {
  const stride = strideOf(width);
  let table = new Int8Array(0);
  const out = new Int32Array(MOST_ROWS);
  return {
    width,
    stride,
    kind: 'plain',
    reserve(rows) {
      if (rows * stride > MOST_BYTES) throw tooMany(rows, stride);
      if (rows * stride <= table.length) return;
      const grown = new Int8Array(
        Math.min(MOST_BYTES, Math.max(rows, Math.ceil((table.length / stride) * 1.5)) * stride),
      );
      grown.set(table);
      table = grown;
    },
    row: (at) => table.subarray(at * stride, at * stride + width),
    bytes: (rows) => new Uint8Array(table.buffer, 0, rows * stride),
    dots(rows, vector) {
      for (let i = 0; i < rows.length; i++) {
        let sum = 0;
        for (let j = 0, at = rows[i]! * stride; j < width; j++, at++) sum += table[at]! * vector[j]!;
        out[i] = sum;
      }
      return out.subarray(0, rows.length);
    },
  };
}

/** With SIMD instructions; undefined where there are none (see `linkWasm`). */
export function simdInt8Rows(width: number): Int8Rows | undefined {
  const stride = strideOf(width);
  const [rowsAt, outAt, vectorAt] = [0, 4 * MOST_ROWS, 8 * MOST_ROWS];
  const tableAt = vectorAt + 2 * stride;
  const linked = linkWasm(int8DotsKernel(), { initial: Math.ceil(tableAt / PAGE), maximum: MOST_BYTES / PAGE });
  if (linked === undefined) return undefined;
  const { memory, call } = linked;
  return {
    width,
    stride,
    kind: 'simd',
    reserve(rows) {
      const wanted = tableAt + rows * stride;
      if (wanted > MOST_BYTES) throw tooMany(rows, stride);
      const had = memory.buffer.byteLength;
      if (wanted > had) memory.grow(Math.ceil((Math.min(MOST_BYTES, Math.max(wanted, 1.25 * had)) - had) / PAGE));
    },
    row: (at) => new Int8Array(memory.buffer, tableAt + at * stride, width),
    bytes: (rows) => new Uint8Array(memory.buffer, tableAt, rows * stride),
    dots(rows, vector) {
      new Int32Array(memory.buffer, rowsAt, MOST_ROWS).set(rows);
      new Int16Array(memory.buffer, vectorAt, stride).fill(0).set(vector);
      call(rowsAt, rows.length, tableAt, stride, vectorAt, outAt);
      return new Int32Array(memory.buffer, outAt, rows.length);
    },
  };
}

/** With SIMD instructions where there are such. */
export const int8Rows = (width: number): Int8Rows => simdInt8Rows(width) ?? plainInt8Rows(width);
