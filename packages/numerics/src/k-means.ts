import { createMatrix, rowOf, throwIfAborted, type Matrix, type Random, type RunContext } from '@routeprofile/schema';
import { rowDots, rowProducts } from './products.js';

const MAX_STEPS = 10;

/** Groups of rows. */
export interface Clusters {
  /** Shape [clusters × dimensions], unit rows. */
  centres: Matrix;
  /** Shape [rows]: the nearest centre of each. */
  assignment: Int32Array;
}

/**
 * Spherical k-means: unit rows, similarity by cosine, seeded by k-means++ (Arthur and Vassilvitskii 2007, with 1 − cosine for the
 * squared distance). At most ten rounds. Fewer clusters come out where fewer rows differ.
 * @param rows shape [rows × dimensions], at least one, of length 1
 * @param count clusters wanted, at least 1
 * @param random draws the first centres; equal draws give equal clusters
 * @param products how rows are multiplied with centres; default in double precision
 * @throws RouteProfileError ABORTED
 */
export function kMeans(
  rows: Matrix,
  count: number,
  random: Random,
  ctx: Pick<RunContext, 'signal'>,
  products = rowProducts,
): Clusters {
  let centres = seedCentres(rows, count, random);
  let assignment = nearestCentre(rows, centres, products);
  for (let step = 0; step < MAX_STEPS; step++) {
    throwIfAborted(ctx);
    centres = meanDirections(rows, assignment, centres);
    const next = nearestCentre(rows, centres, products);
    const moved = next.some((c, i) => c !== assignment[i]);
    assignment = next;
    if (!moved) break;
  }
  return { centres, assignment };
}

/** Rows compared with the centres at a time. */
const BLOCK = 1024;

/**
 * The centre of highest cosine to each row, the first of equals. Shape [rows].
 * @param centres shape [clusters × dimensions], unit rows
 * @param products how rows are multiplied with centres; default in double precision
 */
export function nearestCentre(rows: Matrix, centres: Matrix, products = rowProducts): Int32Array {
  const { cols, data } = rows;
  const out = new Int32Array(rows.rows);
  for (let start = 0; start < rows.rows; start += BLOCK) {
    const count = Math.min(BLOCK, rows.rows - start);
    const cosines = products(createMatrix(count, cols, data.subarray(start * cols, (start + count) * cols)), centres);
    for (let i = 0; i < count; i++) {
      const row = rowOf(cosines, i);
      let best = 0;
      for (let c = 1; c < row.length; c++) if (row[c]! > row[best]!) best = c;
      out[start + i] = best;
    }
  }
  return out;
}

/** Each next centre is a row drawn with odds of its squared distance to the nearest centre so far. */
function seedCentres(rows: Matrix, count: number, random: Random): Matrix {
  const chosen = [random.int(rows.rows)];
  const distances = new Float64Array(rows.rows).fill(Infinity);
  const cosines = new Float64Array(rows.rows);
  while (chosen.length < count) {
    rowDots(rows, rowOf(rows, chosen[chosen.length - 1]!), cosines);
    let total = 0;
    for (let i = 0; i < distances.length; i++) {
      // Rounding leaves equal rows a little apart.
      const distance = 1 - cosines[i]! < 1e-6 ? 0 : 1 - cosines[i]!;
      distances[i] = Math.min(distances[i]!, distance);
      total += distances[i]!;
    }
    if (total === 0) break;
    let left = random.float() * total;
    let next = -1;
    for (let i = 0; i < distances.length && left >= 0; i++) {
      if (distances[i]! === 0) continue;
      next = i;
      left -= distances[i]!;
    }
    chosen.push(next);
  }
  const centres = createMatrix(chosen.length, rows.cols);
  chosen.forEach((row, c) => rowOf(centres, c).set(rowOf(rows, row)));
  return centres;
}

/** The direction of each cluster's mean; a cluster that is empty, or whose rows cancel, keeps its centre. */
function meanDirections(rows: Matrix, assignment: Int32Array, centres: Matrix): Matrix {
  const sums = new Float64Array(centres.data.length);
  assignment.forEach((c, i) => {
    const row = rowOf(rows, i);
    for (let j = 0, at = c * rows.cols; j < row.length; j++, at++) sums[at]! += row[j]!;
  });
  const out = createMatrix(centres.rows, centres.cols, centres.data.slice());
  for (let c = 0; c < out.rows; c++) {
    const sum = sums.subarray(c * rows.cols, (c + 1) * rows.cols);
    const norm = Math.sqrt(sum.reduce((total, x) => total + x * x, 0));
    if (norm > 1e-9) rowOf(out, c).set(sum.map((x) => x / norm));
  }
  return out;
}
