const SWEEPS = 10_000;
const TOLERANCE = 1e-12;

/**
 * min ½ wᵀ A w − bᵀ w over w ≥ 0, by coordinate descent.
 * @param a [n × n], symmetric and positive definite
 */
export function nonNegativeMinimum(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const w = new Float64Array(n);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let change = 0;
    for (let j = 0; j < n; j++) {
      let residual = b[j]!;
      for (let k = 0; k < n; k++) if (k !== j) residual -= a[j * n + k]! * w[k]!;
      const value = Math.max(0, residual / a[j * n + j]!);
      change = Math.max(change, Math.abs(value - w[j]!));
      w[j] = value;
    }
    if (change < TOLERANCE) break;
  }
  return w;
}
