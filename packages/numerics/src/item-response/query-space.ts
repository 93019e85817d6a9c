import { createRandom, type Matrix } from '@routeprofile/schema';
import { eigenSymmetric } from './symmetric.js';

/** Where query vectors are reduced to: their leading principal components, on a scale of 1. */
export interface QuerySpace {
  /** [dimensions] */
  mean: Float32Array;
  /** Shape [width × dimensions]. Directions of most spread first, of one length, so that queries have mean square length 1. */
  directions: Matrix;
}

/** Rows beyond this many move the components little. */
const MOST_ROWS = 2000;
const ROUNDS = 8;
/** Directions carried along so that those kept converge fast. */
const SPARE = 8;

/**
 * Principal components of the rows by block power iteration from a seeded start (Halko, Martinsson and Tropp 2011, algorithm
 * 4.4), on at most 2,000 rows. Directions without spread are left out, so the width can come out smaller, even 0.
 */
export function fitQuerySpace(vectors: Matrix, width: number, seed: number): QuerySpace {
  const { cols } = vectors;
  const random = createRandom(seed, 'query space');
  const rows = random.sample(
    Array.from({ length: vectors.rows }, (_, i) => i),
    MOST_ROWS,
  );
  const mean = new Float64Array(cols);
  for (const row of rows) for (let d = 0; d < cols; d++) mean[d]! += vectors.data[row * cols + d]! / rows.length;
  const centred = new Float64Array(rows.length * cols);
  rows.forEach((row, i) => {
    for (let d = 0; d < cols; d++) centred[i * cols + d] = vectors.data[row * cols + d]! - mean[d]!;
  });
  const spread = centred.reduce((sum, x) => sum + x * x, 0) / Math.max(1, rows.length);

  const apply = covarianceOperator(centred, cols);
  const block = Math.min(width + SPARE, cols, rows.length);
  let basis = orthonormal(
    Float64Array.from({ length: block * cols }, () => random.normal()),
    cols,
    1e-12,
  );
  for (let round = 0; round < ROUNDS; round++) basis = orthonormal(apply(basis), cols, 1e-14 * spread);
  const size = basis.length / Math.max(1, cols);
  const { values, vectors: turns } = eigenSymmetric(compressed(basis, apply(basis), cols), size);
  const kept = Math.min(width, values.filter((value) => value > 1e-9 * spread).length);
  const scale = 1 / Math.sqrt(spread || 1);
  const data = new Float32Array(kept * cols);
  for (let k = 0; k < kept; k++)
    for (let j = 0; j < size; j++) {
      const turn = turns[k * size + j]! * scale;
      for (let d = 0; d < cols; d++) data[k * cols + d]! += turn * basis[j * cols + d]!;
    }
  return { mean: Float32Array.from(mean), directions: { rows: kept, cols, data } };
}

/** basis [k × d] → basis C, with C = Xᵀ X / rows: by C itself where that is the smaller matrix. */
function covarianceOperator(x: Float64Array, cols: number): (basis: Float64Array) => Float64Array {
  const rows = x.length / Math.max(1, cols);
  if (rows < cols) return (basis) => products(products(basis, x, cols), transposed(x, cols), rows, 1 / rows);
  const columns = transposed(x, cols);
  const covariance = products(columns, columns, rows, 1 / rows);
  return (basis) => products(basis, covariance, cols);
}

/** a bᵀ of row-major matrices with rows of `length` numbers, times a factor. */
function products(a: Float64Array, b: Float64Array, length: number, factor = 1): Float64Array {
  const [rows, cols] = [a.length / length, b.length / length];
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++) {
      let dot = 0;
      for (let d = 0; d < length; d++) dot += a[i * length + d]! * b[j * length + d]!;
      out[i * cols + j] = dot * factor;
    }
  return out;
}

function transposed(x: Float64Array, cols: number): Float64Array {
  const rows = x.length / cols;
  const out = new Float64Array(x.length);
  for (let i = 0; i < rows; i++) for (let d = 0; d < cols; d++) out[d * rows + i] = x[i * cols + d]!;
  return out;
}

/** Gram–Schmidt, twice, as once is not enough in floating point; rows shorter than `smallest` are dropped. */
function orthonormal(rows: Float64Array, cols: number, smallest: number): Float64Array {
  const out = new Float64Array(rows.length);
  let kept = 0;
  for (let k = 0; k < rows.length; k += cols) {
    const row = rows.slice(k, k + cols);
    for (let pass = 0; pass < 2; pass++)
      for (let j = 0; j < kept * cols; j += cols) {
        let dot = 0;
        for (let d = 0; d < cols; d++) dot += row[d]! * out[j + d]!;
        for (let d = 0; d < cols; d++) row[d]! -= dot * out[j + d]!;
      }
    const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    if (!(norm > smallest)) continue;
    row.forEach((x, d) => (out[kept * cols + d] = x / norm));
    kept++;
  }
  return out.slice(0, kept * cols);
}

/** Shape [k × k]. C within the basis, made symmetric. */
function compressed(basis: Float64Array, moved: Float64Array, cols: number): Float64Array {
  const size = basis.length / Math.max(1, cols);
  const one = products(basis, moved, Math.max(1, cols));
  return one.map((value, k) => 0.5 * (value + one[(k % size) * size + Math.floor(k / size)]!));
}

/**
 * Coordinates of query vectors: [rows × (width + 1)], the first always 1, for the constants of the response functions.
 */
export function queryCoordinates({ mean, directions }: QuerySpace, vectors: Matrix): Float64Array {
  const { cols, rows: width } = directions;
  const out = new Float64Array(vectors.rows * (width + 1));
  const centred = new Float64Array(cols);
  for (let i = 0; i < vectors.rows; i++) {
    for (let d = 0; d < cols; d++) centred[d] = vectors.data[i * cols + d]! - mean[d]!;
    out[i * (width + 1)] = 1;
    for (let k = 0; k < width; k++) {
      let dot = 0;
      for (let d = 0; d < cols; d++) dot += centred[d]! * directions.data[k * cols + d]!;
      out[i * (width + 1) + k + 1] = dot;
    }
  }
  return out;
}
