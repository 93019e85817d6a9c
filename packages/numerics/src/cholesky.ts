/**
 * The Cholesky factor: the lower triangular L with L Lᵀ = A, for a symmetric positive definite A; the rest of it is 0.
 * n³ / 6 multiplications.
 * @param a shape [n × n], row-major; only the lower triangle is read
 * @returns shape [n × n]; NaN from the row on at which A turns out not to be positive definite
 */
export function cholesky(a: ArrayLike<number>, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j]!;
    }
  return l;
}

/**
 * z with L z = b, by forward substitution.
 * @param l shape [n × n], lower triangular, as `cholesky` makes it
 * @param b shape [n]
 */
export function solveLower(l: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const z = Float64Array.from(b);
  const n = z.length;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) z[i]! -= l[i * n + k]! * z[k]!;
    z[i]! /= l[i * n + i]!;
  }
  return z;
}

/**
 * x with L Lᵀ x = b, by forward and backward substitution.
 * @param l shape [n × n], lower triangular, as `cholesky` makes it
 * @param b shape [n]
 */
export function solveCholesky(l: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const x = solveLower(l, b);
  const n = x.length;
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= l[k * n + i]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  return x;
}

/**
 * X with L Lᵀ X = B: what `solveCholesky` gives of each column of B, many at a time.
 * @param l shape [n × n], lower triangular, as `cholesky` makes it
 * @param b shape [n × columns], row-major; n is its length over `columns`
 * @param columns 1 or more
 * @returns shape [n × columns]
 */
export function solveCholeskyColumns(l: ArrayLike<number>, b: Float64Array, columns: number): Float64Array {
  const x = b.slice();
  const n = x.length / columns;
  const lessOther = (row: number, other: number) => {
    const factor = l[Math.max(row, other) * n + Math.min(row, other)]!;
    for (let c = 0, to = row * columns, from = other * columns; c < columns; c++) x[to + c]! -= factor * x[from + c]!;
  };
  const divided = (row: number) => {
    const by = l[row * n + row]!;
    for (let at = row * columns; at < (row + 1) * columns; at++) x[at]! /= by;
  };
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) lessOther(i, k);
    divided(i);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) lessOther(i, k);
    divided(i);
  }
  return x;
}

/**
 * x with A x = b for a symmetric positive definite A, by A = L Lᵀ. NaN where A is not positive definite.
 * @param a shape [n × n], row-major; only the lower triangle is read
 * @param b shape [n]
 */
export const solvePositiveDefinite = (a: ArrayLike<number>, b: ArrayLike<number>): Float64Array =>
  solveCholesky(cholesky(a, b.length), b);

/**
 * A⁻¹ of a symmetric positive definite A, column by column. NaN where A is not positive definite.
 * @param a shape [n × n], row-major; only the lower triangle is read
 */
export function invertPositiveDefinite(a: ArrayLike<number>, n: number): Float64Array {
  const l = cholesky(a, n);
  const out = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const unit = new Float64Array(n);
    unit[j] = 1;
    solveCholesky(l, unit).forEach((x, i) => (out[i * n + j] = x));
  }
  return out;
}
