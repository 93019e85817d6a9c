// The arithmetic behind src/kernels: float32, row-major, SIMD. Pointers are byte addresses in the memory of the
// TensorFlow.js WebAssembly backend, which this module shares: it must own no memory, so it holds no static data, no
// tables and no stack (scripts/build-kernels.mjs checks that).

import { address, block1, block4, blocks, expMinusOne, multiplyAdd, sumLanes } from './shared';

export { attendWindow, columnMeans, multiplyQuantized, normRows, quantizeRows, tanhRows } from './transformer';

/**
 * C[m, n] = A · B + bias. A's element (i, p) lies at i * rowStride + p * columnStride, so a transposed A needs no copy;
 * B is [k, n]; bias has n numbers, or is 0 for none. One row's sum runs over p in order whatever m is.
 * panel has room for 8 k numbers: eight columns of B are copied there, side by side, where that pays.
 */
export function gemm(
  a: usize,
  rowStride: i32,
  columnStride: i32,
  b: usize,
  bias: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
  panel: usize,
): void {
  const rows = (<usize>rowStride) << 2,
    columns = (<usize>columnStride) << 2,
    line = (<usize>n) << 2;
  const whole = n & ~7;
  if (m >= 16 && k >= 64) {
    for (let j = 0; j < whole; j += 8) {
      for (let p = 0; p < k; p++) {
        const to = panel + ((<usize>p) << 5),
          from = address(b, p * n + j);
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      }
      const start = bias ? address(bias, j) : 0;
      let i = 0,
        x = a,
        z = address(c, j);
      for (; i + 4 <= m; i += 4) {
        block4(x, rows, columns, panel, 32, start, z, line, k);
        x += 4 * rows;
        z += 4 * line;
      }
      for (; i < m; i++) {
        block1(x, columns, panel, 32, start, z, k);
        x += rows;
        z += line;
      }
    }
  } else {
    // Few rows, or short sums as in a weight's gradient: B fits the cache, and C is written in order.
    blocks(a, rows, columns, b, line, bias, c, line, m, whole, k);
  }
  for (let j = whole; j < n; j++) {
    for (let i = 0; i < m; i++) {
      let sum: f32 = bias ? load<f32>(address(bias, j)) : 0;
      let x = a + <usize>i * rows,
        y = address(b, j);
      for (let p = 0; p < k; p++) {
        sum += load<f32>(x) * load<f32>(y);
        x += columns;
        y += line;
      }
      store<f32>(address(c, i * n + j), sum);
    }
  }
}

function dot(x: usize, y: usize, n: i32): f32 {
  let sum = f32x4.splat(0);
  let p = 0;
  for (; p + 4 <= n; p += 4) sum = multiplyAdd(sum, v128.load(address(x, p)), v128.load(address(y, p)));
  let tail: f32 = sumLanes(sum);
  for (; p < n; p++) tail += load<f32>(address(x, p)) * load<f32>(address(y, p));
  return tail;
}

/** C[m, n] = A[m, k] · B[n, k]ᵀ: dot products of rows, four by two at a time. */
export function gemmTransposed(a: usize, b: usize, c: usize, m: i32, n: i32, k: i32): void {
  const line = (<usize>k) << 2;
  const vector = k & ~3;
  let j = 0;
  for (; j + 2 <= n; j += 2) {
    const y = address(b, j * k);
    let i = 0;
    for (; i + 4 <= m; i += 4) {
      let x = address(a, i * k),
        w = y;
      const end = w + ((<usize>vector) << 2);
      let c00 = f32x4.splat(0),
        c01 = c00,
        c10 = c00,
        c11 = c00,
        c20 = c00,
        c21 = c00,
        c30 = c00,
        c31 = c00;
      for (; w < end; w += 16) {
        const y0 = v128.load(w),
          y1 = v128.load(w + line);
        let t = v128.load(x);
        c00 = multiplyAdd(c00, t, y0);
        c01 = multiplyAdd(c01, t, y1);
        t = v128.load(x + line);
        c10 = multiplyAdd(c10, t, y0);
        c11 = multiplyAdd(c11, t, y1);
        t = v128.load(x + 2 * line);
        c20 = multiplyAdd(c20, t, y0);
        c21 = multiplyAdd(c21, t, y1);
        t = v128.load(x + 3 * line);
        c30 = multiplyAdd(c30, t, y0);
        c31 = multiplyAdd(c31, t, y1);
        x += 16;
      }
      let s00 = sumLanes(c00),
        s01 = sumLanes(c01),
        s10 = sumLanes(c10),
        s11 = sumLanes(c11);
      let s20 = sumLanes(c20),
        s21 = sumLanes(c21),
        s30 = sumLanes(c30),
        s31 = sumLanes(c31);
      for (let p = vector; p < k; p++) {
        const y0 = load<f32>(w),
          y1 = load<f32>(w + line);
        const x0 = load<f32>(x),
          x1 = load<f32>(x + line),
          x2 = load<f32>(x + 2 * line),
          x3 = load<f32>(x + 3 * line);
        s00 += x0 * y0;
        s01 += x0 * y1;
        s10 += x1 * y0;
        s11 += x1 * y1;
        s20 += x2 * y0;
        s21 += x2 * y1;
        s30 += x3 * y0;
        s31 += x3 * y1;
        x += 4;
        w += 4;
      }
      let z = address(c, i * n + j);
      const step = (<usize>n) << 2;
      store<f32>(z, s00);
      store<f32>(z, s01, 4);
      z += step;
      store<f32>(z, s10);
      store<f32>(z, s11, 4);
      z += step;
      store<f32>(z, s20);
      store<f32>(z, s21, 4);
      z += step;
      store<f32>(z, s30);
      store<f32>(z, s31, 4);
    }
    for (; i < m; i++) {
      store<f32>(address(c, i * n + j), dot(address(a, i * k), y, k));
      store<f32>(address(c, i * n + j + 1), dot(address(a, i * k), y + line, k));
    }
  }
  for (; j < n; j++)
    for (let i = 0; i < m; i++) store<f32>(address(c, i * n + j), dot(address(a, i * k), address(b, j * k), k));
}

/** T[columns, rows] = A[rows, columns]ᵀ. */
export function transpose(a: usize, t: usize, rows: i32, columns: i32): void {
  const line = (<usize>columns) << 2,
    out = (<usize>rows) << 2;
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    let j = 0;
    for (; j + 4 <= columns; j += 4) {
      const x = address(a, i * columns + j);
      const r0 = v128.load(x),
        r1 = v128.load(x + line),
        r2 = v128.load(x + 2 * line),
        r3 = v128.load(x + 3 * line);
      const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5),
        t1 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const t2 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5),
        t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      const z = address(t, j * rows + i);
      v128.store(z, v128.shuffle<i64>(t0, t2, 0, 2));
      v128.store(z + out, v128.shuffle<i64>(t0, t2, 1, 3));
      v128.store(z + 2 * out, v128.shuffle<i64>(t1, t3, 0, 2));
      v128.store(z + 3 * out, v128.shuffle<i64>(t1, t3, 1, 3));
    }
    for (; j < columns; j++)
      for (let r = i; r < i + 4; r++) store<f32>(address(t, j * rows + r), load<f32>(address(a, r * columns + j)));
  }
  for (; i < rows; i++)
    for (let j = 0; j < columns; j++) store<f32>(address(t, j * rows + i), load<f32>(address(a, i * columns + j)));
}

/** y[n] += x[n] */
function addTo(x: usize, y: usize, n: i32): void {
  let p = 0;
  for (; p + 4 <= n; p += 4) v128.store(address(y, p), f32x4.add(v128.load(address(y, p)), v128.load(address(x, p))));
  for (; p < n; p++) store<f32>(address(y, p), load<f32>(address(y, p)) + load<f32>(address(x, p)));
}

/** out[columns] = the sum of the rows of x[rows, columns]. */
export function columnSums(x: usize, out: usize, rows: i32, columns: i32): void {
  memory.fill(out, 0, (<usize>columns) << 2);
  for (let i = 0; i < rows; i++) addTo(address(x, i * columns), out, columns);
}

/** out[segments, columns]: row i of x is added to row ids[i]; ids outside 0 … segments - 1 are left out. */
export function segmentSum(x: usize, ids: usize, out: usize, rows: i32, columns: i32, segments: i32): void {
  memory.fill(out, 0, (<usize>(segments * columns)) << 2);
  for (let i = 0; i < rows; i++) {
    const segment = load<i32>(address(ids, i));
    if (segment >= 0 && segment < segments) addTo(address(x, i * columns), address(out, segment * columns), columns);
  }
}

function elu(x: v128): v128 {
  return v128.bitselect(x, expMinusOne(f32x4.min(x, f32x4.splat(0))), f32x4.gt(x, f32x4.splat(0)));
}

/**
 * Over the rows of h[rows, n], which becomes the normalised h: out = ELU(h gamma + beta) mask, and scales[row] = 1 / σ.
 * mask [rows, n] holds what the activations are multiplied with (dropout), or is 0 for none.
 */
export function normElu(
  h: usize,
  gamma: usize,
  beta: usize,
  mask: usize,
  out: usize,
  scales: usize,
  rows: i32,
  n: i32,
  epsilon: f32,
): void {
  const vector = n & ~3;
  for (let i = 0; i < rows; i++) {
    const x = address(h, i * n),
      y = address(out, i * n),
      drop = address(mask, i * n);
    let sum = f32x4.splat(0);
    for (let p = 0; p < vector; p += 4) sum = f32x4.add(sum, v128.load(address(x, p)));
    let total = sumLanes(sum);
    for (let p = vector; p < n; p++) total += load<f32>(address(x, p));
    const mean = total / <f32>n,
      mean4 = f32x4.splat(mean);
    sum = f32x4.splat(0);
    for (let p = 0; p < vector; p += 4) {
      const d = f32x4.sub(v128.load(address(x, p)), mean4);
      sum = multiplyAdd(sum, d, d);
    }
    let square = sumLanes(sum);
    for (let p = vector; p < n; p++) {
      const d = load<f32>(address(x, p)) - mean;
      square += d * d;
    }
    const scale: f32 = 1 / sqrt<f32>(square / <f32>n + epsilon),
      scale4 = f32x4.splat(scale);
    store<f32>(address(scales, i), scale);
    for (let p = 0; p < vector; p += 4) {
      const d = f32x4.mul(f32x4.sub(v128.load(address(x, p)), mean4), scale4);
      v128.store(address(x, p), d);
      let e = elu(multiplyAdd(v128.load(address(beta, p)), d, v128.load(address(gamma, p))));
      if (mask) e = f32x4.mul(e, v128.load(address(drop, p)));
      v128.store(address(y, p), e);
    }
    for (let p = vector; p < n; p++) {
      const d = (load<f32>(address(x, p)) - mean) * scale;
      store<f32>(address(x, p), d);
      let e = f32x4.extract_lane(elu(f32x4.splat(d * load<f32>(address(gamma, p)) + load<f32>(address(beta, p)))), 0);
      if (mask) e *= load<f32>(address(drop, p));
      store<f32>(address(y, p), e);
    }
  }
}

/** The gradient at LayerNorm's output, given that at the layer's: ELU' is 1 above zero and ELU + 1 below. */
function throughElu(dy: v128, out: v128, mask: v128): v128 {
  const one = f32x4.splat(1),
    zero = f32x4.splat(0);
  // A dropped unit has mask 0 and no gradient; dividing by 1 there keeps the NaN out.
  const divisor = v128.bitselect(one, mask, f32x4.eq(mask, zero));
  const slope = v128.bitselect(one, f32x4.add(f32x4.div(out, divisor), one), f32x4.gt(out, zero));
  return f32x4.mul(f32x4.mul(dy, mask), slope);
}

/**
 * The gradient of normElu: dh[rows, n], and the sums over rows dGamma, dBeta and dBias (of dh).
 * `normal` and `scales` are what normElu left, `out` what it gave.
 */
export function normEluGradient(
  dy: usize,
  normal: usize,
  scales: usize,
  out: usize,
  mask: usize,
  gamma: usize,
  dh: usize,
  dGamma: usize,
  dBeta: usize,
  dBias: usize,
  rows: i32,
  n: i32,
): void {
  const vector = n & ~3,
    bytes = (<usize>n) << 2,
    one = f32x4.splat(1);
  memory.fill(dGamma, 0, bytes);
  memory.fill(dBeta, 0, bytes);
  memory.fill(dBias, 0, bytes);
  for (let i = 0; i < rows; i++) {
    const g = address(dy, i * n),
      x = address(normal, i * n),
      y = address(out, i * n),
      d = address(dh, i * n);
    const drop = address(mask, i * n);
    let sum = f32x4.splat(0),
      sumX = sum;
    for (let p = 0; p < vector; p += 4) {
      const m = mask ? v128.load(address(drop, p)) : one;
      const e = throughElu(v128.load(address(g, p)), v128.load(address(y, p)), m);
      const xp = v128.load(address(x, p));
      v128.store(address(dGamma, p), multiplyAdd(v128.load(address(dGamma, p)), e, xp));
      v128.store(address(dBeta, p), f32x4.add(v128.load(address(dBeta, p)), e));
      const dx = f32x4.mul(e, v128.load(address(gamma, p)));
      v128.store(address(d, p), dx);
      sum = f32x4.add(sum, dx);
      sumX = multiplyAdd(sumX, dx, xp);
    }
    let total = sumLanes(sum),
      totalX = sumLanes(sumX);
    for (let p = vector; p < n; p++) {
      const m = mask ? v128.load32_splat(address(drop, p)) : one;
      const e = f32x4.extract_lane(
        throughElu(v128.load32_splat(address(g, p)), v128.load32_splat(address(y, p)), m),
        0,
      );
      const xp = load<f32>(address(x, p));
      store<f32>(address(dGamma, p), load<f32>(address(dGamma, p)) + e * xp);
      store<f32>(address(dBeta, p), load<f32>(address(dBeta, p)) + e);
      const dx = e * load<f32>(address(gamma, p));
      store<f32>(address(d, p), dx);
      total += dx;
      totalX += dx * xp;
    }
    const scale = load<f32>(address(scales, i));
    const mean = total / <f32>n,
      meanX = totalX / <f32>n;
    const scale4 = f32x4.splat(scale),
      mean4 = f32x4.splat(mean),
      meanX4 = f32x4.splat(meanX);
    for (let p = 0; p < vector; p += 4) {
      const dx = f32x4.sub(v128.load(address(d, p)), mean4);
      const value = f32x4.mul(scale4, f32x4.sub(dx, f32x4.mul(meanX4, v128.load(address(x, p)))));
      v128.store(address(d, p), value);
      v128.store(address(dBias, p), f32x4.add(v128.load(address(dBias, p)), value));
    }
    for (let p = vector; p < n; p++) {
      const value = scale * (load<f32>(address(d, p)) - mean - meanX * load<f32>(address(x, p)));
      store<f32>(address(d, p), value);
      store<f32>(address(dBias, p), load<f32>(address(dBias, p)) + value);
    }
  }
}

/** out = x / max(‖x‖, epsilon) row by row; norms[row] keeps the divisor. */
export function normalizeRows(x: usize, out: usize, norms: usize, rows: i32, n: i32, epsilon: f32): void {
  for (let i = 0; i < rows; i++) {
    const row = address(x, i * n),
      y = address(out, i * n);
    const norm = max<f32>(sqrt<f32>(dot(row, row, n)), epsilon);
    store<f32>(address(norms, i), norm);
    const norm4 = f32x4.splat(norm);
    let p = 0;
    for (; p + 4 <= n; p += 4) v128.store(address(y, p), f32x4.div(v128.load(address(row, p)), norm4));
    for (; p < n; p++) store<f32>(address(y, p), load<f32>(address(row, p)) / norm);
  }
}

/** dx = (dy - y (dy · y)) / norm; where the divisor was epsilon itself, dx = dy / epsilon. */
export function normalizeRowsGradient(
  dy: usize,
  y: usize,
  norms: usize,
  dx: usize,
  rows: i32,
  n: i32,
  epsilon: f32,
): void {
  for (let i = 0; i < rows; i++) {
    const g = address(dy, i * n),
      row = address(y, i * n),
      d = address(dx, i * n);
    const norm = load<f32>(address(norms, i));
    const along: f32 = norm > epsilon ? dot(g, row, n) : 0;
    const along4 = f32x4.splat(along),
      norm4 = f32x4.splat(norm);
    let p = 0;
    for (; p + 4 <= n; p += 4) {
      const value = f32x4.sub(v128.load(address(g, p)), f32x4.mul(along4, v128.load(address(row, p))));
      v128.store(address(d, p), f32x4.div(value, norm4));
    }
    for (; p < n; p++)
      store<f32>(address(d, p), (load<f32>(address(g, p)) - along * load<f32>(address(row, p))) / norm);
  }
}

/** scores[n, m]: Σ over p of out · mask · ReLU(left[i] + right[j]); mask is [n, m, hidden], or 0 for none. */
export function pairScores(
  left: usize,
  right: usize,
  out: usize,
  mask: usize,
  scores: usize,
  n: i32,
  m: i32,
  hidden: i32,
): void {
  const zero = f32x4.splat(0),
    vector = hidden & ~3;
  for (let i = 0; i < n; i++) {
    const x = address(left, i * hidden);
    for (let j = 0; j < m; j++) {
      const y = address(right, j * hidden),
        drop = address(mask, (i * m + j) * hidden);
      let sum = zero;
      for (let p = 0; p < vector; p += 4) {
        let t = f32x4.max(f32x4.add(v128.load(address(x, p)), v128.load(address(y, p))), zero);
        if (mask) t = f32x4.mul(t, v128.load(address(drop, p)));
        sum = multiplyAdd(sum, t, v128.load(address(out, p)));
      }
      let total = sumLanes(sum);
      for (let p = vector; p < hidden; p++) {
        let t = max<f32>(load<f32>(address(x, p)) + load<f32>(address(y, p)), 0);
        if (mask) t *= load<f32>(address(drop, p));
        total += t * load<f32>(address(out, p));
      }
      store<f32>(address(scores, i * m + j), total);
    }
  }
}

/** The gradient of pairScores: dLeft[n, hidden], dRight[m, hidden], dOut[hidden]. */
export function pairScoresGradient(
  dy: usize,
  left: usize,
  right: usize,
  out: usize,
  mask: usize,
  dLeft: usize,
  dRight: usize,
  dOut: usize,
  n: i32,
  m: i32,
  hidden: i32,
): void {
  const zero = f32x4.splat(0),
    vector = hidden & ~3,
    bytes = (<usize>hidden) << 2;
  memory.fill(dLeft, 0, <usize>n * bytes);
  memory.fill(dRight, 0, <usize>m * bytes);
  memory.fill(dOut, 0, bytes);
  for (let i = 0; i < n; i++) {
    const x = address(left, i * hidden),
      dx = address(dLeft, i * hidden);
    for (let j = 0; j < m; j++) {
      const y = address(right, j * hidden),
        z = address(dRight, j * hidden),
        drop = address(mask, (i * m + j) * hidden);
      const g = load<f32>(address(dy, i * m + j)),
        g4 = f32x4.splat(g);
      for (let p = 0; p < vector; p += 4) {
        const sum = f32x4.add(v128.load(address(x, p)), v128.load(address(y, p)));
        const through = mask ? f32x4.mul(g4, v128.load(address(drop, p))) : g4;
        const active = f32x4.max(sum, zero);
        v128.store(address(dOut, p), multiplyAdd(v128.load(address(dOut, p)), through, active));
        const d = v128.and(f32x4.mul(through, v128.load(address(out, p))), f32x4.gt(sum, zero));
        v128.store(address(dx, p), f32x4.add(v128.load(address(dx, p)), d));
        v128.store(address(z, p), f32x4.add(v128.load(address(z, p)), d));
      }
      for (let p = vector; p < hidden; p++) {
        const sum = load<f32>(address(x, p)) + load<f32>(address(y, p));
        if (sum <= 0) continue;
        const through: f32 = mask ? g * load<f32>(address(drop, p)) : g;
        const d = through * load<f32>(address(out, p));
        store<f32>(address(dOut, p), load<f32>(address(dOut, p)) + through * sum);
        store<f32>(address(dx, p), load<f32>(address(dx, p)) + d);
        store<f32>(address(z, p), load<f32>(address(z, p)) + d);
      }
    }
  }
}

/** Σ x², in blocks so that long arrays lose no precision. */
export function squaredNorm(x: usize, n: i32): f64 {
  let total: f64 = 0;
  for (let p = 0; p < n; p += 1024) {
    const start = address(x, p);
    total += <f64>dot(start, start, min(1024, n - p));
  }
  return total;
}

/**
 * AdamW (arXiv 1711.05101) in place on p, m and v, the gradient multiplied by gradientScale first (clipping):
 * m = beta1 m + gain1 g, v = beta2 v + gain2 g², p = keep p - step m / (√(v correction) + epsilon).
 * What is one minus something comes in from outside, where it is computed in double precision: 1 - 0.999 in float32 is
 * wrong in the fifth digit.
 */
export function adamw(
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  n: i32,
  gradientScale: f32,
  beta1: f32,
  gain1: f32,
  beta2: f32,
  gain2: f32,
  keep: f32,
  step: f32,
  correction: f32,
  epsilon: f32,
): void {
  const s = f32x4.splat(gradientScale),
    b1 = f32x4.splat(beta1),
    b2 = f32x4.splat(beta2);
  const a1 = f32x4.splat(gain1),
    a2 = f32x4.splat(gain2),
    e = f32x4.splat(epsilon);
  const stay = f32x4.splat(keep),
    move = f32x4.splat(step),
    c = f32x4.splat(correction);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const gi = f32x4.mul(s, v128.load(address(g, i)));
    const mi = f32x4.add(f32x4.mul(b1, v128.load(address(m, i))), f32x4.mul(a1, gi));
    const vi = f32x4.add(f32x4.mul(b2, v128.load(address(v, i))), f32x4.mul(a2, f32x4.mul(gi, gi)));
    v128.store(address(m, i), mi);
    v128.store(address(v, i), vi);
    const change = f32x4.div(f32x4.mul(move, mi), f32x4.add(f32x4.sqrt(f32x4.mul(vi, c)), e));
    v128.store(address(p, i), f32x4.sub(f32x4.mul(v128.load(address(p, i)), stay), change));
  }
  for (; i < n; i++) {
    const gi = gradientScale * load<f32>(address(g, i));
    const mi = beta1 * load<f32>(address(m, i)) + gain1 * gi;
    const vi = beta2 * load<f32>(address(v, i)) + gain2 * (gi * gi);
    store<f32>(address(m, i), mi);
    store<f32>(address(v, i), vi);
    const change = (step * mi) / (sqrt<f32>(vi * correction) + epsilon);
    store<f32>(address(p, i), load<f32>(address(p, i)) * keep - change);
  }
}

/** y[n] += scale * x[n] */
function addScaled(scale: f32, x: usize, y: usize, n: i32): void {
  const s = f32x4.splat(scale);
  let p = 0;
  for (; p + 4 <= n; p += 4)
    v128.store(address(y, p), multiplyAdd(v128.load(address(y, p)), s, v128.load(address(x, p))));
  for (; p < n; p++) store<f32>(address(y, p), load<f32>(address(y, p)) + scale * load<f32>(address(x, p)));
}

/**
 * out[targets, heads · width]: block h of row j is the sum over the edges e into j of weights[e, h] times the `width` numbers
 * from column h · step of row sources[e] of values[…, columns]. The edges into j are offsets[j] … offsets[j + 1].
 */
export function aggregateEdges(
  weights: usize,
  values: usize,
  sources: usize,
  offsets: usize,
  out: usize,
  targets: i32,
  heads: i32,
  columns: i32,
  width: i32,
  step: i32,
): void {
  memory.fill(out, 0, (<usize>(targets * heads * width)) << 2);
  for (let j = 0; j < targets; j++) {
    const end = load<i32>(address(offsets, j + 1));
    for (let e = load<i32>(address(offsets, j)); e < end; e++) {
      const row = load<i32>(address(sources, e)) * columns;
      for (let h = 0; h < heads; h++)
        addScaled(
          load<f32>(address(weights, e * heads + h)),
          address(values, row + h * step),
          address(out, (j * heads + h) * width),
          width,
        );
    }
  }
}

/** The gradient of aggregateEdges: dWeights[edges, heads] and dValues[rows, columns]. */
export function aggregateEdgesGradient(
  dy: usize,
  weights: usize,
  values: usize,
  sources: usize,
  offsets: usize,
  dWeights: usize,
  dValues: usize,
  targets: i32,
  rows: i32,
  heads: i32,
  columns: i32,
  width: i32,
  step: i32,
): void {
  memory.fill(dValues, 0, (<usize>(rows * columns)) << 2);
  for (let j = 0; j < targets; j++) {
    const end = load<i32>(address(offsets, j + 1));
    for (let e = load<i32>(address(offsets, j)); e < end; e++) {
      const row = load<i32>(address(sources, e)) * columns;
      for (let h = 0; h < heads; h++) {
        const k = e * heads + h,
          at = row + h * step,
          g = address(dy, (j * heads + h) * width);
        store<f32>(address(dWeights, k), dot(g, address(values, at), width));
        addScaled(load<f32>(address(weights, k)), g, address(dValues, at), width);
      }
    }
  }
}
