import { createMatrix, createRandom, rowOf, takeRows, type Matrix } from '@routeprofile/schema';
import { symmetricEigen } from './eigen.js';
import { rowProducts } from './row-products.js';
import { transpose } from './transpose.js';

/** Wider vectors are first brought to this width: an eigendecomposition takes time by the cube of it. */
const WIDEST = 512;
/** Axes along which the rows do not vary, up to rounding, are left out. */
const FLAT = 1e-9;

/** Orthonormal axes of some rows about their mean. */
export interface PrincipalAxes {
  /** [dimensions] */
  mean: Float64Array;
  /** [axes × dimensions], the widest first. */
  axes: Matrix;
  /** Sum of squares of the rows along each axis, falling. */
  spread: Float64Array;
}

/**
 * Principal axes of the rows: all of them up to 512 dimensions. Beyond that, those of the rows' projections on the span of 512
 * rows drawn from them: exact for up to 512 rows, an approximation for more.
 */
export function principalAxes(rows: Matrix, seed: number): PrincipalAxes {
  const mean = meanRow(rows);
  if (rows.cols <= WIDEST) return { mean, ...axesOf(rows, mean) };
  const drawn = createRandom(seed, 'landmarks').sample([...Array(rows.rows).keys()], WIDEST);
  const span = orthonormalRows(
    takeRows(
      rows,
      drawn.sort((a, b) => a - b),
    ),
    mean,
  );
  const narrow = rowProducts(rows, span);
  const { axes, spread } = axesOf(narrow, meanRow(narrow));
  return { mean, axes: rowProducts(axes, transpose(span)), spread };
}

/** Shape [rows × axes]: coordinates of the rows about the mean. */
export function coordinates(rows: Matrix, { mean, axes }: PrincipalAxes): Matrix {
  const out = rowProducts(rows, axes);
  const offset = rowProducts(createMatrix(1, mean.length, Float32Array.from(mean)), axes).data;
  for (let i = 0; i < out.rows; i++) rowOf(out, i).forEach((x, j, row) => (row[j] = x - offset[j]!));
  return out;
}

function meanRow(rows: Matrix): Float64Array {
  const mean = new Float64Array(rows.cols);
  for (let i = 0; i < rows.rows; i++) for (let j = 0; j < rows.cols; j++) mean[j]! += rows.data[i * rows.cols + j]!;
  return mean.map((sum) => sum / Math.max(1, rows.rows));
}

function axesOf(rows: Matrix, mean: Float64Array): { axes: Matrix; spread: Float64Array } {
  const d = rows.cols;
  const { values, vectors } = symmetricEigen(scatter(rows, mean), d);
  const kept = values.filter((value) => value > FLAT * values[0]! && value > 0).length;
  return {
    axes: createMatrix(kept, d, Float32Array.from(vectors.subarray(0, kept * d))),
    spread: values.slice(0, kept),
  };
}

/** Σ (x − mean)(x − mean)ᵀ. */
function scatter({ rows, cols: d, data }: Matrix, mean: Float64Array): Float64Array {
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

/** An orthonormal basis of the rows' span about `mean`, by Gram–Schmidt done twice. */
function orthonormalRows(rows: Matrix, mean: Float64Array): Matrix {
  const basis: Float64Array[] = [];
  for (let i = 0; i < rows.rows; i++) {
    const v = Float64Array.from(rowOf(rows, i), (x, j) => x - mean[j]!);
    const before = norm(v);
    for (let pass = 0; pass < 2; pass++)
      for (const u of basis) {
        let dot = 0;
        for (let j = 0; j < v.length; j++) dot += u[j]! * v[j]!;
        for (let j = 0; j < v.length; j++) v[j]! -= dot * u[j]!;
      }
    const after = norm(v);
    if (after > 1e-6 * before && after > 0) basis.push(v.map((x) => x / after));
  }
  const out = createMatrix(basis.length, rows.cols);
  basis.forEach((v, i) => rowOf(out, i).set(v));
  return out;
}

const norm = (v: Float64Array) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
