import { RouteProfileError } from '@routeprofile/schema';

/** A symmetric matrix taken apart: A = Σ value · vector vectorᵀ. */
export interface Eigen {
  /** Shape [n], the largest first. */
  values: Float64Array;
  /** Shape [n × n], orthonormal: row i is the eigenvector of value i. Its sign is `upright`. */
  vectors: Float64Array;
}

const MAX_STEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix: Householder reflections to tridiagonal form, then implicit QL steps with
 * Wilkinson's shift (Golub and Van Loan, Matrix Computations, 8.3). Some 3 n³ multiplications; the same bytes for the same matrix.
 * @param matrix shape [n × n], row-major, symmetric; left as it is
 * @throws RouteProfileError NOT_FINITE for a matrix with NaN or infinity
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  if (!matrix.every(Number.isFinite))
    throw new RouteProfileError('NOT_FINITE', 'eigenvalues: the matrix holds numbers that are not finite');
  // By a power of two, which rounds nothing: squares of very large or small entries would leave the range of numbers.
  const scale = powerOfTwoNear(matrix.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0));
  const { diagonal, below, rows } = tridiagonal(
    matrix.map((x) => x / scale),
    n,
  );
  diagonalize(diagonal, below, rows, n);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j]! - diagonal[i]! || i - j);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => vectors.set(upright(rows.subarray(from * n, (from + 1) * n)), to * n));
  return { values: Float64Array.from(order, (i) => diagonal[i]! * scale), vectors };
}

const powerOfTwoNear = (x: number): number => (x === 0 ? 1 : 2 ** Math.max(-1000, Math.floor(Math.log2(x))));

/** Entries of a unit vector that differ by less count as equal. */
const SAME_SIZE = 1e-12;

/**
 * The vector or its negative, whichever has a positive entry of largest size (the first of equals). The sign of an eigenvector is
 * arbitrary; this rule makes it the same whatever the method that found it.
 * @param vector of length 1
 */
export function upright(vector: Float64Array): Float64Array {
  let largest = 0;
  for (const x of vector) if (Math.abs(x) > Math.abs(largest) + SAME_SIZE) largest = x;
  return largest < 0 ? vector.map((x) => -x) : vector.slice();
}

/** A = Rᵀ T R with T tridiagonal; `rows` is R. Overwrites `a`. */
function tridiagonal(a: Float64Array, n: number) {
  const reflections: { v: Float64Array; scale: number }[] = [];
  for (let k = 0; k + 2 < n; k++) {
    const v = new Float64Array(n);
    let square = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = a[i * n + k]!;
      square += v[i]! * v[i]!;
    }
    const norm = Math.sqrt(square);
    const first = v[k + 1]!;
    v[k + 1] = first + (first < 0 ? -norm : norm);
    const length = square - first * first + v[k + 1]! ** 2;
    const scale = length > 0 ? 2 / length : 0;
    reflections.push({ v, scale });
    if (scale > 0) reflect(a, n, k, v, scale);
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i]!);
  const below = Float64Array.from({ length: n }, (_, i) => (i + 1 < n ? a[(i + 1) * n + i]! : 0));
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) rows[i * n + i] = 1;
  for (let k = reflections.length - 1; k >= 0; k--) {
    const { v, scale } = reflections[k]!;
    for (let i = k + 1; i < n; i++) {
      const row = rows.subarray(i * n, (i + 1) * n);
      let dot = 0;
      for (let j = k + 1; j < n; j++) dot += row[j]! * v[j]!;
      dot *= scale;
      if (dot !== 0) for (let j = k + 1; j < n; j++) row[j]! -= dot * v[j]!;
    }
  }
  return { diagonal, below, rows };
}

/** A ← H A H with H = I − scale · v vᵀ, where v is zero up to and including k. */
function reflect(a: Float64Array, n: number, k: number, v: Float64Array, scale: number): void {
  const p = new Float64Array(n);
  let inner = 0;
  for (let i = k; i < n; i++) {
    const row = a.subarray(i * n, (i + 1) * n);
    let dot = 0;
    for (let j = k + 1; j < n; j++) dot += row[j]! * v[j]!;
    p[i] = scale * dot;
    inner += p[i]! * v[i]!;
  }
  for (let i = k; i < n; i++) p[i]! -= 0.5 * scale * inner * v[i]!;
  for (let i = k; i < n; i++) {
    const row = a.subarray(i * n, (i + 1) * n);
    const vi = v[i]!;
    const pi = p[i]!;
    for (let j = k; j < n; j++) row[j]! -= vi * p[j]! + pi * v[j]!;
  }
}

/** Brings the tridiagonal matrix (d on the diagonal, e below it) to diagonal form, turning `rows` along. */
function diagonalize(d: Float64Array, e: Float64Array, rows: Float64Array, n: number): void {
  let size = 0;
  for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(d[i]!) + Math.abs(e[i]!));
  const negligible = size * Number.EPSILON;
  for (let l = 0; l < n; l++)
    for (let step = 0; ; step++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > negligible) m++;
      if (m === l) break;
      if (step === MAX_STEPS)
        throw new RouteProfileError('INTERNAL', `eigenvalues: no convergence within ${MAX_STEPS} steps`);
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      let r = Math.sqrt(g * g + 1);
      g = d[m]! - d[l]! + e[l]! / (g + (g < 0 ? -r : r));
      let sine = 1;
      let cosine = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = sine * e[i]!;
        const b = cosine * e[i]!;
        r = Math.sqrt(f * f + g * g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= p;
          e[m] = 0;
          break;
        }
        sine = f / r;
        cosine = g / r;
        g = d[i + 1]! - p;
        r = (d[i]! - g) * sine + 2 * cosine * b;
        p = sine * r;
        d[i + 1] = g + p;
        g = cosine * r - b;
        turn(rows, n, i, sine, cosine);
      }
      if (i >= l) continue;
      d[l]! -= p;
      e[l] = g;
      e[m] = 0;
    }
}

/** Rotates rows i and i + 1. */
function turn(rows: Float64Array, n: number, i: number, sine: number, cosine: number): void {
  const upper = rows.subarray(i * n, (i + 1) * n);
  const lower = rows.subarray((i + 1) * n, (i + 2) * n);
  for (let k = 0; k < n; k++) {
    const f = lower[k]!;
    lower[k] = sine * upper[k]! + cosine * f;
    upper[k] = cosine * upper[k]! - sine * f;
  }
}
