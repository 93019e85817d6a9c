import { createMatrix, createRandom, rowOf, takeRows, type Matrix, type Random } from '@routeprofile/schema';
import { symmetricEigen, upright, type Eigen } from './eigen.js';
import { rowProducts, transpose } from './products.js';

/** An eigendecomposition takes time by the cube of its size: a larger one is approximated. */
export const WIDEST = 512;
/** Axes along which the rows vary by a smaller share than along the first are left out: rounding. */
const FLAT = 1e-9;
/** Axes iterated beside those asked for, so that the last of these converge as fast. */
const SPARE = 8;
const ROUNDS = 8;
/** Drawn rows that depend on those before, up to rounding in 32-bit floats, add no axis. */
const DEPENDENT = 1e-6;

/** Orthonormal axes of some rows about their mean: row ≈ mean + Σ coordinate · axis. */
export interface PrincipalAxes {
  /** Shape [dimensions]. */
  mean: Float64Array;
  /** Shape [axes × dimensions], the widest first. The entry of largest size of each is positive. */
  axes: Matrix;
  /** Shape [axes]: sum of squares of the rows' coordinates along each, falling. */
  spread: Float64Array;
  /** Sum of squares of the rows about their mean; an axis explains spread / total of it. */
  total: number;
}

/** Settings of `principalAxes`. */
export interface PrincipalAxesOptions {
  /** Axes at most. Default: all. */
  most?: number;
  /** Axes that explain a smaller share than this of what the first does are left out. Default 1e-9. */
  flat?: number;
  /** Start of an approximation; an exact result does not depend on it. Default: always the same. */
  random?: Random;
}

/**
 * Principal component analysis: the eigenvectors of the rows' covariance, by way of the smaller of Σ x xᵀ and the products of the
 * rows with each other. Double precision; the same rows and draws give the same bytes.
 *
 * Where `most` leaves axes out, an approximation: eight rounds of subspace iteration with a Rayleigh–Ritz step at the end (Halko,
 * Martinsson and Tropp 2011, algorithm 4.4). All axes are exact up to 512 rows or 512 dimensions; of more of both, they are those of the
 * rows' projections on the span of 512 drawn rows.
 *
 * @param rows shape [rows × dimensions]
 * @throws RouteProfileError NOT_FINITE for rows that are not finite
 */
export function principalAxes(rows: Matrix, options: PrincipalAxesOptions = {}): PrincipalAxes {
  const { most = Infinity, flat = FLAT, random = createRandom(0, 'principal components') } = options;
  const mean = meanRow(rows);
  const size = Math.min(rows.rows, rows.cols);
  if (most === Infinity && size > WIDEST) return withinSample(rows, mean, flat, random);
  const width = most + SPARE;
  const approximate = width < size;
  const byColumns = rows.cols <= rows.rows;
  const products = byColumns ? columnProducts(rows, mean) : centredProducts(rows, mean);
  const { values, vectors } = approximate ? leading(products, size, width, random) : symmetricEigen(products, size);
  const kept = values.subarray(0, Math.min(most, values.length)).filter((x) => x > 0 && x > flat * values[0]!).length;
  const axes = createMatrix(kept, rows.cols);
  for (let k = 0; k < kept; k++) {
    const vector = vectors.subarray(k * size, (k + 1) * size);
    rowOf(axes, k).set(upright(byColumns ? vector : rowSum(rows, mean, vector)));
  }
  return { mean, axes, spread: values.slice(0, kept), total: totalSquares(rows, mean) };
}

/** Shape [rows × axes]: coordinates of the rows about the mean. */
export function principalCoordinates(rows: Matrix, { mean, axes }: Pick<PrincipalAxes, 'mean' | 'axes'>): Matrix {
  const out = rowProducts(rows, axes);
  const offset = rowProducts(createMatrix(1, mean.length, Float32Array.from(mean)), axes).data;
  for (let i = 0; i < out.rows; i++) rowOf(out, i).forEach((x, j, row) => (row[j] = x - offset[j]!));
  return out;
}

/**
 * Orthonormal rows that span 512 drawn rows about the mean, or all where there are no more: where longer rows are seen from, as if
 * nothing lay beside it.
 * @param mean shape [dimensions]
 * @returns shape [at most 512 × dimensions]
 */
export function landmarkSpan(rows: Matrix, mean: Float64Array, random: Random): Matrix {
  const drawn = random.sample([...Array(rows.rows).keys()], WIDEST).sort((a, b) => a - b);
  const centred = centredRows(takeRows(rows, drawn), mean);
  orthonormalize(centred, rows.cols, DEPENDENT);
  const basis = createMatrix(drawn.length, rows.cols, Float32Array.from(centred));
  return takeRows(
    basis,
    [...drawn.keys()].filter((i) => rowOf(basis, i).some((x) => x !== 0)),
  );
}

function withinSample(rows: Matrix, mean: Float64Array, flat: number, random: Random): PrincipalAxes {
  const span = landmarkSpan(rows, mean, random);
  const { axes, spread } = principalAxes(rowProducts(rows, span), { flat });
  const turned = rowProducts(axes, transpose(span));
  for (let k = 0; k < turned.rows; k++) rowOf(turned, k).set(upright(Float64Array.from(rowOf(turned, k))));
  return { mean, axes: turned, spread, total: totalSquares(rows, mean) };
}

/** Shape [dimensions]. */
export function meanRow(rows: Matrix): Float64Array {
  const mean = new Float64Array(rows.cols);
  for (let i = 0; i < rows.rows; i++) for (let j = 0; j < rows.cols; j++) mean[j]! += rows.data[i * rows.cols + j]!;
  return mean.map((sum) => sum / Math.max(1, rows.rows));
}

const centredRows = ({ cols, data }: Matrix, mean: Float64Array): Float64Array =>
  Float64Array.from(data, (x, at) => x - mean[at % cols]!);

function totalSquares({ cols, data }: Matrix, mean: Float64Array): number {
  let total = 0;
  for (let at = 0; at < data.length; at++) total += (data[at]! - mean[at % cols]!) ** 2;
  return total;
}

/** Σ (x − mean)(x − mean)ᵀ, [dimensions × dimensions]. */
function columnProducts({ rows, cols: d, data }: Matrix, mean: Float64Array): Float64Array {
  const out = new Float64Array(d * d);
  // Four rows at a time: the sum is read and written once for all of them.
  const x = [0, 1, 2, 3].map(() => new Float64Array(d));
  const [a, b, c, e] = x as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let i = 0; i < rows; i += 4) {
    x.forEach((v, k) => {
      for (let j = 0; j < d; j++) v[j] = i + k < rows ? data[(i + k) * d + j]! - mean[j]! : 0;
    });
    for (let j = 0; j < d; j++) {
      const [aj, bj, cj, ej] = [a[j]!, b[j]!, c[j]!, e[j]!];
      for (let k = 0, at = j * d; k <= j; k++, at++) out[at]! += aj * a[k]! + bj * b[k]! + cj * c[k]! + ej * e[k]!;
    }
  }
  for (let j = 0; j < d; j++) for (let k = 0; k < j; k++) out[k * d + j] = out[j * d + k]!;
  return out;
}

/** (x_i − mean)·(x_j − mean), [rows × rows]. */
function centredProducts(matrix: Matrix, mean: Float64Array): Float64Array {
  const { rows, cols } = matrix;
  const x = centredRows(matrix, mean);
  const out = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++)
    for (let j = i; j < rows; j++) {
      let dot = 0;
      for (let d = 0; d < cols; d++) dot += x[i * cols + d]! * x[j * cols + d]!;
      out[i * rows + j] = out[j * rows + i] = dot;
    }
  return out;
}

/** The unit vector along Σ_i weight[i] · (row[i] − mean). */
function rowSum(rows: Matrix, mean: Float64Array, weights: Float64Array): Float64Array {
  const out = new Float64Array(rows.cols);
  weights.forEach((weight, i) => {
    const row = rowOf(rows, i);
    for (let d = 0; d < out.length; d++) out[d]! += weight * (row[d]! - mean[d]!);
  });
  const length = norm(out);
  return out.map((x) => x / length);
}

/** The leading eigenvectors of a symmetric matrix, as rows; fewer than `width` where its rank is lower. */
function leading(matrix: Float64Array, size: number, width: number, random: Random): Eigen {
  let basis = Float64Array.from({ length: width * size }, () => random.normal());
  orthonormalize(basis, size);
  for (let round = 0; round < ROUNDS; round++) {
    basis = product(basis, matrix, width, size, size);
    orthonormalize(basis, size);
  }
  const image = product(basis, matrix, width, size, size);
  const within = new Float64Array(width * width);
  for (let a = 0; a < width; a++)
    for (let b = 0; b <= a; b++) {
      let dot = 0;
      for (let d = 0; d < size; d++) dot += basis[a * size + d]! * image[b * size + d]!;
      within[a * width + b] = within[b * width + a] = dot;
    }
  const { values, vectors } = symmetricEigen(within, width);
  return { values, vectors: product(vectors, basis, width, width, size) };
}

/** a b of [n × k] and [k × m]. */
function product(a: Float64Array, b: Float64Array, n: number, k: number, m: number): Float64Array<ArrayBuffer> {
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

/** Gram–Schmidt, twice, as once is not enough in floating point; a row that depends on those before becomes zero. */
function orthonormalize(rows: Float64Array, size: number, dependent = 1e-14): void {
  for (let i = 0; i * size < rows.length; i++) {
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
    const scale = after <= dependent * before || after === 0 ? 0 : 1 / after;
    for (let d = 0; d < size; d++) row[d]! *= scale;
  }
}

const norm = (row: Float64Array): number => Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
