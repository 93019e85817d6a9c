import { createMatrix, createRandom, rowOf, takeRows, type Matrix, type SharedWork } from '@routeprofile/schema';
import {
  landmarkSpan,
  meanRow,
  rowDots,
  symmetricEigen,
  targetMoments,
  transpose,
  upright,
  WIDEST,
  type PrincipalAxes,
} from '@routeprofile/numerics';
import { sharedProducts, type Products } from './products.js';

/** Axes along which the rows vary by a smaller share than along the first are left out: rounding. */
const FLAT = 1e-9;
/** And those along which they vary by a smaller share than they are long, which 32-bit floats do not hold. */
const ROUNDING = 1e-12;

/** Principal axes of query vectors, and the queries seen from there. */
export interface QueryAxes extends PrincipalAxes {
  /** How many queries they are axes of. */
  rows: number;
  /**
   * Coordinates about the mean of the queries, or of some of them, [queries × axes].
   * @param most axes, the widest first; default all
   */
  coordinates(rows?: Int32Array, most?: number): Matrix;
  /**
   * Σ coordinates · target over the queries, [targets × axes].
   * @param targets shape [queries × targets], 0 where not measured
   */
  moments(targets: Float64Array): Float64Array;
}

/** The widest axes alone, at most so many. */
export function leading(all: QueryAxes, most: number): QueryAxes {
  const { axes, spread } = all;
  const count = Math.min(most, axes.rows);
  return {
    ...all,
    axes: createMatrix(count, axes.cols, axes.data.subarray(0, count * axes.cols)),
    spread: spread.subarray(0, count),
  };
}

/** All queries in at most 512 dimensions, in which the axes of any part of them are found without reading the vectors again. */
interface Frame {
  products: Products;
  /** Shape [dimensions]: mean of all queries. */
  mean: Float64Array;
  /** Shape [directions × dimensions], orthonormal; null: the dimensions themselves. */
  span: Matrix | null;
  /** Shape [queries × directions], about the mean. */
  points: Matrix;
  /** Shape [directions × directions]: Σ point pointᵀ. */
  gram: Float64Array;
}

/**
 * The principal axes of queries (see `principalAxes` of numerics, as which they are exact or approximate), computed once for all who
 * share the work. Parts of a larger batch, such as the folds of a cross-validation, are projected with the whole, on the span of rows drawn
 * from the whole; mean and axes are the part's own.
 */
export const queryAxes = (work: SharedWork, seed: number): Promise<QueryAxes> =>
  work.once(`axes ${seed}`, async () => {
    const whole = work.whole ?? work;
    const frame = await whole.once(`frame ${seed}`, () => frameOf(whole, seed));
    return axesIn(frame, work.rows);
  });

async function frameOf(whole: SharedWork, seed: number): Promise<Frame> {
  const { vectors } = whole;
  const products = await sharedProducts(whole);
  const mean = meanRow(vectors);
  // Rows span no more dimensions than there are rows.
  const narrow = vectors.cols <= Math.min(WIDEST, vectors.rows);
  const span = narrow ? null : landmarkSpan(vectors, mean, createRandom(seed, 'landmarks'));
  const points = span
    ? shifted(products.rows(vectors, span), along(span, mean))
    : shifted(createMatrix(vectors.rows, vectors.cols, vectors.data.slice()), mean);
  return { products, mean, span, points, gram: products.gram(points) };
}

/** @param rows of all queries; null: all */
function axesIn({ products, mean: centre, span, points: all, gram }: Frame, rows: Int32Array | null): QueryAxes {
  const r = all.cols;
  const points = rows ? takeRows(all, rows) : all;
  const mean = meanRow(points);
  const spreads = aboutMean(rows ? gramOfPart(products, all, gram, rows) : gram, points.rows, mean);
  const { values, vectors } = symmetricEigen(spreads, r);
  const total = values.reduce((sum, x) => sum + Math.max(0, x), 0);
  const floor = Math.max(FLAT * (values[0] ?? 0), ROUNDING * (total + points.rows * squares(centre)));
  const kept = values.filter((x) => x > floor).length;
  const inFrame = createMatrix(kept, r, Float32Array.from(vectors.subarray(0, kept * r)));
  const axes = span ? products.rows(inFrame, transpose(span)) : createMatrix(kept, r, inFrame.data.slice());
  for (let k = 0; k < kept; k++)
    if (!isUpright(rowOf(axes, k)))
      // In both alike: coordinates are along the axes.
      for (const row of [rowOf(axes, k), rowOf(inFrame, k)]) row.forEach((x, d) => (row[d] = -x));
  const offset = along(inFrame, mean);
  const aside = span ? along(transpose(span), mean) : mean;
  return {
    rows: points.rows,
    mean: centre.map((x, d) => x + aside[d]!),
    axes,
    spread: values.slice(0, kept),
    total,
    coordinates(some, most = kept) {
      const count = Math.min(most, kept);
      const leading = createMatrix(count, r, inFrame.data.subarray(0, count * r));
      return shifted(products.rows(some ? takeRows(points, some) : points, leading), offset);
    },
    moments(targets) {
      const summed = targetMoments(points, targets);
      const width = summed.length / r;
      const sums = new Float64Array(width);
      targets.forEach((target, k) => (sums[k % width]! += target));
      const out = new Float64Array(width * kept);
      for (let t = 0; t < width; t++)
        along(inFrame, summed.subarray(t * r, (t + 1) * r)).forEach(
          (dot, j) => (out[t * kept + j] = dot - sums[t]! * offset[j]!),
        );
      return out;
    },
  };
}

/** Σ x xᵀ over the given rows; of more than half of them, as what the others leave of all. */
function gramOfPart(products: Products, all: Matrix, gram: Float64Array, rows: Int32Array): Float64Array {
  if (2 * rows.length <= all.rows) return products.gram(takeRows(all, rows));
  const taken = new Uint8Array(all.rows);
  for (const row of rows) taken[row] = 1;
  const others = products.gram(
    takeRows(
      all,
      Int32Array.from(taken.keys()).filter((row) => taken[row] === 0),
    ),
  );
  return gram.map((x, k) => x - others[k]!);
}

/** Σ x xᵀ as Σ (x − mean)(x − mean)ᵀ. */
const aboutMean = (gram: Float64Array, rows: number, mean: Float64Array): Float64Array =>
  gram.map((x, k) => x - rows * mean[Math.floor(k / mean.length)]! * mean[k % mean.length]!);

/** The dot product of each row with the vector. */
function along(rows: Matrix, vector: Float64Array): Float64Array {
  const out = new Float64Array(rows.rows);
  rowDots(rows, vector, out);
  return out;
}

function shifted(rows: Matrix, offset: Float64Array): Matrix {
  for (let i = 0; i < rows.rows; i++)
    for (let j = 0, k = i * rows.cols; j < rows.cols; j++, k++) rows.data[k]! -= offset[j]!;
  return rows;
}

const squares = (vector: Float64Array): number => vector.reduce((sum, x) => sum + x * x, 0);

/** Whether `upright` leaves the vector as it is. */
function isUpright(vector: Float32Array): boolean {
  const own = Float64Array.from(vector);
  return upright(own).every((x, d) => x === own[d]);
}
