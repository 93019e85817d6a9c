import { createRandom, takeRows, type Matrix } from '@routeprofile/schema';
import { principalAxes, type PrincipalAxes } from '../principal-axes.js';

/** Where query vectors are reduced to: their leading principal components, on a scale of 1. */
export interface QuerySpace {
  /** [dimensions] */
  mean: Float32Array;
  /** Shape [width × dimensions]. Directions of most spread first, of one length, so that queries have mean square length 1. */
  directions: Matrix;
}

/** Queries seen from their leading principal axes, where somebody knows these already. */
export interface ReducedQueries {
  /** The axes of the queries, the widest first. */
  axes: PrincipalAxes;
  /** [queries × axes], about the mean. */
  coordinates: Matrix;
}

/** Rows beyond this many move the components little. */
const MOST_ROWS = 2000;

/**
 * Principal components of the rows, on at most 2,000 of them. Directions without spread are left out, so the width can come out
 * smaller, even 0.
 */
export function fitQuerySpace(vectors: Matrix, width: number, seed: number): QuerySpace {
  const random = createRandom(seed, 'query space');
  const rows = random.sample(
    Array.from({ length: vectors.rows }, (_, i) => i),
    MOST_ROWS,
  );
  return spaceOf(principalAxes(takeRows(vectors, rows), { most: width, random }), rows.length);
}

/** @param rows that the axes are of */
function spaceOf({ mean, axes, total }: PrincipalAxes, rows: number): QuerySpace {
  const scale = scaleOf(total, rows);
  return { mean: Float32Array.from(mean), directions: { ...axes, data: axes.data.map((x) => x * scale) } };
}

const scaleOf = (total: number, rows: number): number => 1 / Math.sqrt(total / Math.max(1, rows) || 1);

/** The space of the given axes, and the queries' coordinates in it, as `queryCoordinates` gives them. */
export function reducedSpace({ axes, coordinates }: ReducedQueries): { space: QuerySpace; all: Float64Array } {
  const { rows, cols, data } = coordinates;
  const scale = scaleOf(axes.total, rows);
  const all = new Float64Array(rows * (cols + 1));
  for (let i = 0; i < rows; i++) {
    all[i * (cols + 1)] = 1;
    for (let k = 0; k < cols; k++) all[i * (cols + 1) + k + 1] = data[i * cols + k]! * scale;
  }
  return { space: spaceOf(axes, rows), all };
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
