/** Sums that ridge regression of several targets on shared features needs. */
export interface RidgeSums {
  features: number;
  targets: number;
  /** XᵀX, [features × features], lower triangle. */
  gram: Float64Array;
  /** XᵀY, [features × targets]. */
  moments: Float64Array;
}

/**
 * @param x [rows × features]
 * @param y [rows × targets]
 * @param rows which rows to sum over
 */
export function ridgeSums(
  x: Float64Array,
  y: Float64Array,
  rows: Int32Array,
  features: number,
  targets: number,
): RidgeSums {
  const gram = new Float64Array(features * features);
  const moments = new Float64Array(features * targets);
  for (const row of rows)
    for (let i = 0; i < features; i++) {
      const xi = x[row * features + i]!;
      for (let j = 0; j <= i; j++) gram[i * features + j]! += xi * x[row * features + j]!;
      for (let t = 0; t < targets; t++) moments[i * targets + t]! += xi * y[row * targets + t]!;
    }
  return { features, targets, gram, moments };
}

/** Sums over the rows of `a` that are not those of `b`, or over both. */
export function combined(a: RidgeSums, b: RidgeSums, sign: 1 | -1): RidgeSums {
  return {
    ...a,
    gram: a.gram.map((value, k) => value + sign * b.gram[k]!),
    moments: a.moments.map((value, k) => value + sign * b.moments[k]!),
  };
}

/**
 * Weights [features × targets] that minimise squared error + penalty · |weights|², by Cholesky factorisation.
 * @param free this many leading features carry no penalty
 */
export function ridgeWeights(
  { features: n, targets, gram, moments }: RidgeSums,
  penalty: number,
  free: number,
): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = gram[i * n + j]!;
      if (i === j) sum += i < free ? 1e-9 : penalty;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j]!;
    }
  const w = moments.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) addRow(w, i, k, -l[i * n + k]!, targets);
    scaleRow(w, i, 1 / l[i * n + i]!, targets);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) addRow(w, i, k, -l[k * n + i]!, targets);
    scaleRow(w, i, 1 / l[i * n + i]!, targets);
  }
  return w;
}

function addRow(w: Float64Array, to: number, from: number, factor: number, width: number): void {
  for (let t = 0; t < width; t++) w[to * width + t]! += factor * w[from * width + t]!;
}

function scaleRow(w: Float64Array, row: number, factor: number, width: number): void {
  for (let t = 0; t < width; t++) w[row * width + t]! *= factor;
}
