// A transformer's forward pass, window by window and row by row, in memory of its own: what @routeprofile/encoders reads
// texts with. Products of matrices are of 16-bit integers, whose sums are exact; all else is float32. Every number of a row
// is computed in one order, whatever rows are beside it, so a row has the same bits in any company.

import { address, blocks, expMinusOne, multiplyAdd, sumLanes } from './shared';

function maxLane(v: v128): f32 {
  return max<f32>(
    max<f32>(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max<f32>(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

/**
 * The rows of x[rows, n] as 16-bit integers q[rows, n] of at most `limit`, and scales[rows]: x ≈ q · scale, the largest
 * number of a row being ± limit; a row of none above 1e-30 becomes zeros. n is a multiple of 8.
 */
export function quantizeRows(x: usize, q: usize, scales: usize, rows: i32, n: i32, limit: f32): void {
  for (let i = 0; i < rows; i++) {
    let most = f32x4.splat(0);
    for (let p = 0; p < n; p += 4) most = f32x4.max(most, f32x4.abs(v128.load(address(x, p))));
    const largest = maxLane(most);
    store<f32>(address(scales, i), largest / limit);
    const factor = f32x4.splat(largest > 1e-30 ? limit / largest : 0);
    for (let p = 0; p < n; p += 8) {
      const from = address(x, p);
      const low = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(factor, v128.load(from))));
      const high = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(factor, v128.load(from, 16))));
      v128.store(q + ((<usize>p) << 1), i16x8.narrow_i32x4_s(low, high));
    }
    x += (<usize>n) << 2;
    q += (<usize>n) << 1;
  }
}

const RELU = 1;
const ADD = 2;

/** Four sums of integers → numbers: sum · scale · column scales + bias, then as `mode` says. */
function finish(sum: v128, scale: v128, columns: usize, bias: usize, z: usize, mode: i32): void {
  let y = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(sum), scale), v128.load(columns));
  y = f32x4.add(y, v128.load(bias));
  if (mode == RELU) y = f32x4.max(y, f32x4.splat(0));
  if (mode == ADD) y = f32x4.add(v128.load(z), y);
  v128.store(z, y);
}

function addProducts(sum: v128, a: v128, b: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(a, b));
}

/** Four rows and eight columns; x's rows are `line` bytes apart, those of z `out` bytes; `pairs` is k / 2. */
function quantized4(
  x: usize,
  line: usize,
  scales: usize,
  w: usize,
  columns: usize,
  bias: usize,
  z: usize,
  out: usize,
  pairs: i32,
  mode: i32,
): void {
  let c00 = i32x4.splat(0),
    c01 = c00,
    c10 = c00,
    c11 = c00,
    c20 = c00,
    c21 = c00,
    c30 = c00,
    c31 = c00;
  for (let p = 0; p < pairs; p++) {
    const w0 = v128.load(w),
      w1 = v128.load(w, 16);
    let t = v128.load32_splat(x);
    c00 = addProducts(c00, t, w0);
    c01 = addProducts(c01, t, w1);
    t = v128.load32_splat(x + line);
    c10 = addProducts(c10, t, w0);
    c11 = addProducts(c11, t, w1);
    t = v128.load32_splat(x + 2 * line);
    c20 = addProducts(c20, t, w0);
    c21 = addProducts(c21, t, w1);
    t = v128.load32_splat(x + 3 * line);
    c30 = addProducts(c30, t, w0);
    c31 = addProducts(c31, t, w1);
    x += 4;
    w += 32;
  }
  let scale = v128.load32_splat(scales);
  finish(c00, scale, columns, bias, z, mode);
  finish(c01, scale, columns + 16, bias + 16, z + 16, mode);
  z += out;
  scale = v128.load32_splat(scales, 4);
  finish(c10, scale, columns, bias, z, mode);
  finish(c11, scale, columns + 16, bias + 16, z + 16, mode);
  z += out;
  scale = v128.load32_splat(scales, 8);
  finish(c20, scale, columns, bias, z, mode);
  finish(c21, scale, columns + 16, bias + 16, z + 16, mode);
  z += out;
  scale = v128.load32_splat(scales, 12);
  finish(c30, scale, columns, bias, z, mode);
  finish(c31, scale, columns + 16, bias + 16, z + 16, mode);
}

/** One row and eight columns. */
function quantized1(
  x: usize,
  scales: usize,
  w: usize,
  columns: usize,
  bias: usize,
  z: usize,
  pairs: i32,
  mode: i32,
): void {
  let c0 = i32x4.splat(0),
    c1 = c0;
  for (let p = 0; p < pairs; p++) {
    const t = v128.load32_splat(x);
    c0 = addProducts(c0, t, v128.load(w));
    c1 = addProducts(c1, t, v128.load(w, 16));
    x += 4;
    w += 32;
  }
  const scale = v128.load32_splat(scales);
  finish(c0, scale, columns, bias, z, mode);
  finish(c1, scale, columns + 16, bias + 16, z + 16, mode);
}

/**
 * C[m, n] = (Q · W) · row scales · column scales + bias, of integers Q[m, k] as quantizeRows leaves them. W lies in panels of
 * eight columns: per two lines of W the eight pairs of numbers below each other. n is a multiple of 8, k of 2. mode 0 writes C,
 * 1 its positive part, 2 adds to what C holds. The caller sees to it that no sum of products leaves 32 bits.
 */
export function multiplyQuantized(
  q: usize,
  scales: usize,
  w: usize,
  columns: usize,
  bias: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  mode: i32,
): void {
  const line = (<usize>k) << 1,
    out = (<usize>n) << 2;
  for (let j = 0; j < n; j += 8) {
    let i = 0,
      x = q,
      z = address(c, j);
    for (; i + 4 <= m; i += 4) {
      quantized4(x, line, address(scales, i), w, address(columns, j), address(bias, j), z, out, k >> 1, mode);
      x += 4 * line;
      z += 4 * out;
    }
    for (; i < m; i++) {
      quantized1(x, address(scales, i), w, address(columns, j), address(bias, j), z, k >> 1, mode);
      x += line;
      z += out;
    }
    w += (<usize>k) << 4;
  }
}

/** LayerNorm of the rows of x[rows, n]: out = (x - mean) / √(variance + epsilon) · gamma + beta. n is a multiple of 4. */
export function normRows(x: usize, gamma: usize, beta: usize, out: usize, rows: i32, n: i32, epsilon: f32): void {
  for (let i = 0; i < rows; i++) {
    let sum = f32x4.splat(0);
    for (let p = 0; p < n; p += 4) sum = f32x4.add(sum, v128.load(address(x, p)));
    const mean = f32x4.splat(sumLanes(sum) / <f32>n);
    sum = f32x4.splat(0);
    for (let p = 0; p < n; p += 4) {
      const d = f32x4.sub(v128.load(address(x, p)), mean);
      sum = multiplyAdd(sum, d, d);
    }
    const scale = f32x4.splat(1 / sqrt<f32>(sumLanes(sum) / <f32>n + epsilon));
    for (let p = 0; p < n; p += 4) {
      const d = f32x4.mul(f32x4.sub(v128.load(address(x, p)), mean), scale);
      v128.store(address(out, p), multiplyAdd(v128.load(address(beta, p)), d, v128.load(address(gamma, p))));
    }
    x += (<usize>n) << 2;
    out += (<usize>n) << 2;
  }
}

/** x[n] → its softmax, and zeros up to `padded`, the next multiple of 8. */
function softmax(x: usize, n: i32, padded: i32): void {
  for (let p = n; p < padded; p++) store<f32>(address(x, p), -Infinity);
  let most = v128.load(x);
  for (let p = 4; p < padded; p += 4) most = f32x4.max(most, v128.load(address(x, p)));
  const largest = f32x4.splat(maxLane(most)),
    one = f32x4.splat(1);
  let sum = f32x4.splat(0);
  for (let p = 0; p < padded; p += 4) {
    const e = f32x4.add(expMinusOne(f32x4.sub(v128.load(address(x, p)), largest)), one);
    v128.store(address(x, p), e);
    sum = f32x4.add(sum, e);
  }
  for (let p = n; p < padded; p++) store<f32>(address(x, p), 0);
  const factor = f32x4.splat(1 / sumLanes(sum));
  for (let p = 0; p < padded; p += 4) v128.store(address(x, p), f32x4.mul(v128.load(address(x, p)), factor));
}

/**
 * Attention among the n rows of one window. qkv[n, 3 · width] holds queries, keys and values side by side, head by head;
 * out[n, width]. What is compared is q · k · scale. A head is a multiple of 8 wide. `turned` has room for a head's keys
 * [width / heads, n], `weights` for [n, n], n being rounded up to a multiple of 8.
 */
export function attendWindow(
  qkv: usize,
  out: usize,
  n: i32,
  width: i32,
  heads: i32,
  scale: f32,
  turned: usize,
  weights: usize,
): void {
  const size = width / heads,
    padded = (n + 7) & ~7;
  const line = <usize>width * 12,
    row = (<usize>padded) << 2,
    wide = (<usize>width) << 2;
  memory.fill(turned, 0, <usize>size * row);
  for (let h = 0; h < heads; h++) {
    const queries = address(qkv, h * size),
      keys = queries + wide,
      values = keys + wide,
      target = address(out, h * size);
    for (let i = 0; i < n; i++) {
      const from = keys + <usize>i * line,
        to = address(turned, i);
      for (let p = 0; p < size; p++) store<f32>(to + <usize>p * row, load<f32>(address(from, p)) * scale);
    }
    blocks(queries, line, 4, turned, row, 0, weights, row, n, padded, size);
    for (let i = 0; i < n; i++) softmax(weights + <usize>i * row, n, padded);
    blocks(weights, row, 4, values, line, 0, target, wide, n, size, n);
  }
}

/** out[columns]: the mean of the rows of x[rows, columns]. columns is a multiple of 4. */
export function columnMeans(x: usize, out: usize, rows: i32, columns: i32): void {
  const factor = f32x4.splat(1 / <f32>rows);
  for (let p = 0; p < columns; p += 4) {
    let sum = f32x4.splat(0),
      at = address(x, p);
    for (let i = 0; i < rows; i++) {
      sum = f32x4.add(sum, v128.load(at));
      at += (<usize>columns) << 2;
    }
    v128.store(address(out, p), f32x4.mul(sum, factor));
  }
}

/** x[n] → tanh x, in place, within 3e-7: -e / (e + 2) with e = exp(-2|x|) - 1, and the sign of x. n is a multiple of 4. */
export function tanhRows(x: usize, n: i32): void {
  const sign = f32x4.splat(-0.0),
    two = f32x4.splat(2);
  for (let p = 0; p < n; p += 4) {
    const value = v128.load(address(x, p));
    const e = expMinusOne(f32x4.mul(f32x4.abs(value), f32x4.splat(-2)));
    const y = f32x4.div(f32x4.neg(e), f32x4.add(e, two));
    v128.store(address(x, p), v128.bitselect(value, y, sign));
  }
}
