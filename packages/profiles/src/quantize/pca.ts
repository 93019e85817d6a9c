import { createMatrix, createRandom, rowOf, takeRows, type Matrix } from '@routeprofile/schema';
import { jacobi } from './eigen.js';

/** Directions iterated beside those asked for, so that the last ones converge as fast. */
const SPARE = 8;
const ITERATIONS = 20;
/** Of more rows than this, this many evenly spaced ones stand for all: their Gram matrix takes the time. */
const MAX_ROWS = 4_096;
/** Below this share of the largest, a direction holds rounding errors only. */
const NOISE = 1e-12;

/** row ≈ mean + codes · components */
export interface Components {
  mean: Float64Array;
  /** [N × dimensions], orthonormal rows. */
  components: Float64Array;
  count: number;
}

/**
 * Mean and the N directions of largest variance: eigenvectors of the smaller of the two Gram matrices of the centred rows, by
 * subspace iteration with a Rayleigh–Ritz step at the end. Double precision, the same for the same rows.
 */
export function principalComponents(given: Matrix, wanted: number): Components {
  const matrix = evenly(given);
  const { rows, cols } = matrix;
  const mean = new Float64Array(cols);
  for (let i = 0; i < rows; i++) rowOf(matrix, i).forEach((x, d) => (mean[d]! += x / rows));
  const centred = Float64Array.from(matrix.data, (x, at) => x - mean[at % cols]!);
  const byColumns = cols <= rows;
  const size = byColumns ? cols : rows;
  const gram = byColumns ? gramOfColumns(centred, rows, cols) : gramOfRows(centred, rows, cols);
  const { values, vectors, count } = leading(gram, size, Math.min(wanted, size));
  const kept = Array.from({ length: count }, (_, i) => i).filter((i) => values[i]! > NOISE * values[0]!);
  const components = new Float64Array(kept.length * cols);
  kept.forEach((i) => {
    const direction = vectors.subarray(i * size, (i + 1) * size);
    const target = components.subarray(i * cols, (i + 1) * cols);
    if (byColumns) target.set(direction);
    else fromRowSpace(direction, centred, target);
  });
  return { mean, components, count: kept.length };
}

function evenly(matrix: Matrix): Matrix {
  if (matrix.rows <= MAX_ROWS) return matrix;
  return takeRows(
    matrix,
    Int32Array.from({ length: MAX_ROWS }, (_, i) => Math.floor((i * matrix.rows) / MAX_ROWS)),
  );
}

/** Rows as they are read back: mean + Σ_c code[c] · component[c], codes in float32. */
export function project(matrix: Matrix, { mean, components, count }: Components): Matrix {
  const out = createMatrix(matrix.rows, matrix.cols);
  for (let i = 0; i < matrix.rows; i++) {
    const row = rowOf(matrix, i);
    const sum = mean.slice();
    for (let c = 0; c < count; c++) {
      const component = components.subarray(c * matrix.cols, (c + 1) * matrix.cols);
      let code = 0;
      for (let d = 0; d < row.length; d++) code += (row[d]! - mean[d]!) * component[d]!;
      code = Math.fround(code);
      for (let d = 0; d < row.length; d++) sum[d]! += code * component[d]!;
    }
    rowOf(out, i).set(sum);
  }
  return out;
}

/** The unit vector along Σ_i direction[i] · row[i]. */
function fromRowSpace(direction: Float64Array, centred: Float64Array, target: Float64Array): void {
  direction.forEach((weight, i) => {
    for (let d = 0; d < target.length; d++) target[d]! += weight * centred[i * target.length + d]!;
  });
  const norm = Math.sqrt(target.reduce((sum, x) => sum + x * x, 0));
  for (let d = 0; d < target.length; d++) target[d]! /= norm;
}

/** XᵀX [cols × cols] */
function gramOfColumns(x: Float64Array, rows: number, cols: number): Float64Array {
  const out = new Float64Array(cols * cols);
  for (let i = 0; i < rows; i++) {
    const row = x.subarray(i * cols, (i + 1) * cols);
    for (let a = 0; a < cols; a++) {
      const [weight, at] = [row[a]!, a * cols];
      for (let b = a; b < cols; b++) out[at + b]! += weight * row[b]!;
    }
  }
  for (let a = 0; a < cols; a++) for (let b = 0; b < a; b++) out[a * cols + b] = out[b * cols + a]!;
  return out;
}

/** XXᵀ [rows × rows] */
function gramOfRows(x: Float64Array, rows: number, cols: number): Float64Array {
  const out = new Float64Array(rows * rows);
  for (let a = 0; a < rows; a++)
    for (let b = a; b < rows; b++) {
      let dot = 0;
      for (let d = 0; d < cols; d++) dot += x[a * cols + d]! * x[b * cols + d]!;
      out[a * rows + b] = out[b * rows + a] = dot;
    }
  return out;
}

/** The leading eigenvectors of a symmetric matrix, as rows. */
function leading(gram: Float64Array, size: number, wanted: number) {
  const width = wanted + SPARE;
  if (width >= size) return { ...jacobi(gram, size), count: wanted };
  const random = createRandom(0, 'principal components');
  let basis = Float64Array.from({ length: width * size }, () => random.normal());
  orthonormalize(basis, width, size);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    basis = times(basis, gram, width, size);
    orthonormalize(basis, width, size);
  }
  const image = times(basis, gram, width, size);
  const small = new Float64Array(width * width);
  for (let a = 0; a < width; a++)
    for (let b = 0; b < width; b++)
      for (let d = 0; d < size; d++) small[a * width + b]! += basis[a * size + d]! * image[b * size + d]!;
  const { values, vectors } = jacobi(small, width);
  return { values, vectors: combine(vectors, basis, width, size), count: wanted };
}

/** Rows of basis · gram. */
function times(basis: Float64Array, gram: Float64Array, width: number, size: number): Float64Array<ArrayBuffer> {
  return combineRows(basis, gram, width, size, size);
}

const combine = (weights: Float64Array, basis: Float64Array, width: number, size: number) =>
  combineRows(weights, basis, width, width, size);

/** [n × k] · [k × m] */
function combineRows(a: Float64Array, b: Float64Array, n: number, k: number, m: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    const row = out.subarray(i * m, (i + 1) * m);
    for (let j = 0; j < k; j++) {
      const [weight, at] = [a[i * k + j]!, j * m];
      for (let d = 0; d < m; d++) row[d]! += weight * b[at + d]!;
    }
  }
  return out;
}

/** Modified Gram–Schmidt, twice over; a row that depends on those before becomes zero. */
function orthonormalize(rows: Float64Array, count: number, size: number): void {
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * size, (i + 1) * size);
    const before = norm(row);
    for (let pass = 0; pass < 2; pass++)
      for (let j = 0; j < i; j++) {
        const other = rows.subarray(j * size, (j + 1) * size);
        let dot = 0;
        for (let d = 0; d < size; d++) dot += row[d]! * other[d]!;
        for (let d = 0; d < size; d++) row[d]! -= dot * other[d]!;
      }
    const after = norm(row);
    const scale = after <= 1e-14 * before || after === 0 ? 0 : 1 / after;
    for (let d = 0; d < size; d++) row[d]! *= scale;
  }
}

const norm = (row: Float64Array): number => Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
