// What several routines are made of. Only what index.ts exports leaves the module.

export function address(base: usize, index: i32): usize {
  return base + ((<usize>index) << 2);
}

export function sumLanes(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

export function multiplyAdd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/**
 * Four rows and eight columns of C: sums over p of x · y, started at the bias. x steps by `columns` bytes, its rows are
 * `rows` bytes apart; y's lines are `line` bytes apart, those of z `out` bytes.
 */
export function block4(
  x: usize,
  rows: usize,
  columns: usize,
  y: usize,
  line: usize,
  bias: usize,
  z: usize,
  out: usize,
  k: i32,
): void {
  let c00 = f32x4.splat(0),
    c01 = c00;
  if (bias) {
    c00 = v128.load(bias);
    c01 = v128.load(bias, 16);
  }
  let c10 = c00,
    c11 = c01,
    c20 = c00,
    c21 = c01,
    c30 = c00,
    c31 = c01;
  for (let p = 0; p < k; p++) {
    const y0 = v128.load(y),
      y1 = v128.load(y, 16);
    let t = v128.load32_splat(x);
    c00 = multiplyAdd(c00, t, y0);
    c01 = multiplyAdd(c01, t, y1);
    t = v128.load32_splat(x + rows);
    c10 = multiplyAdd(c10, t, y0);
    c11 = multiplyAdd(c11, t, y1);
    t = v128.load32_splat(x + 2 * rows);
    c20 = multiplyAdd(c20, t, y0);
    c21 = multiplyAdd(c21, t, y1);
    t = v128.load32_splat(x + 3 * rows);
    c30 = multiplyAdd(c30, t, y0);
    c31 = multiplyAdd(c31, t, y1);
    x += columns;
    y += line;
  }
  v128.store(z, c00);
  v128.store(z, c01, 16);
  z += out;
  v128.store(z, c10);
  v128.store(z, c11, 16);
  z += out;
  v128.store(z, c20);
  v128.store(z, c21, 16);
  z += out;
  v128.store(z, c30);
  v128.store(z, c31, 16);
}

/** One row and eight columns of C. */
export function block1(x: usize, columns: usize, y: usize, line: usize, bias: usize, z: usize, k: i32): void {
  let c0 = f32x4.splat(0),
    c1 = c0;
  if (bias) {
    c0 = v128.load(bias);
    c1 = v128.load(bias, 16);
  }
  for (let p = 0; p < k; p++) {
    const t = v128.load32_splat(x);
    c0 = multiplyAdd(c0, t, v128.load(y));
    c1 = multiplyAdd(c1, t, v128.load(y, 16));
    x += columns;
    y += line;
  }
  v128.store(z, c0);
  v128.store(z, c1, 16);
}

/**
 * C[m, n] of sums over k, as block4 has them, C written in order. n is a multiple of 8; the bias has n numbers, or is 0 for none.
 */
export function blocks(
  x: usize,
  rows: usize,
  columns: usize,
  y: usize,
  line: usize,
  bias: usize,
  z: usize,
  out: usize,
  m: i32,
  n: i32,
  k: i32,
): void {
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    for (let j = 0; j < n; j += 8)
      block4(x, rows, columns, address(y, j), line, bias ? address(bias, j) : 0, address(z, j), out, k);
    x += 4 * rows;
    z += 4 * out;
  }
  for (; i < m; i++) {
    for (let j = 0; j < n; j += 8)
      block1(x, columns, address(y, j), line, bias ? address(bias, j) : 0, address(z, j), k);
    x += rows;
    z += out;
  }
}

/** exp(x) - 1 for x ≤ 0, within 2e-7: 2ⁿ(r + r²p(r)) + (2ⁿ - 1) with x = n ln 2 + r; p is the Cephes polynomial. */
export function expMinusOne(x: v128): v128 {
  x = f32x4.max(x, f32x4.splat(-87));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let p = f32x4.splat(1.98756915e-4);
  p = multiplyAdd(f32x4.splat(1.3981999507e-3), p, r);
  p = multiplyAdd(f32x4.splat(8.3334519073e-3), p, r);
  p = multiplyAdd(f32x4.splat(4.1665795894e-2), p, r);
  p = multiplyAdd(f32x4.splat(1.6666665459e-1), p, r);
  p = multiplyAdd(f32x4.splat(5.0000001201e-1), p, r);
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return multiplyAdd(f32x4.sub(scale, f32x4.splat(1)), scale, multiplyAdd(r, f32x4.mul(r, r), p));
}
