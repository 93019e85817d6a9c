import { createMatrix, createRandom, rowOf, type Matrix } from '@routeprofile/schema';

const STEPS = 200;
/** A direction along which the rows spread less than this share of the widest is noise of rounding. */
const NEGLIGIBLE = 1e-10;

/**
 * The first principal directions of centred rows, by power iteration, each at right angles to those before.
 * @param rows [n × dimensions], of mean 0
 * @param count how many are wanted; fewer come back where the rows span fewer
 * @returns [at most count × dimensions], unit rows
 */
export function principalDirections(rows: Matrix, count: number): Matrix {
  const found: Float64Array[] = [];
  let widest = 0;
  for (let k = 0; k < count; k++) {
    // The start is the same for any data: the directions depend on the rows alone, not on a run's seed.
    const random = createRandom(0, 'direction', String(k));
    let direction: Float64Array = Float64Array.from({ length: rows.cols }, () => random.normal());
    let spread = 0;
    for (let step = 0; step < STEPS; step++) {
      const next = timesScatter(rows, without(direction, found));
      const clean = without(next, found);
      spread = length(clean);
      if (spread <= NEGLIGIBLE * widest || spread === 0) break;
      direction = clean.map((x) => x / spread);
    }
    if (spread <= NEGLIGIBLE * widest || spread === 0) break;
    widest = Math.max(widest, spread);
    found.push(direction);
  }
  const out = createMatrix(found.length, rows.cols);
  found.forEach((direction, k) => rowOf(out, k).set(direction));
  return out;
}

/** Σ row (row · v). */
function timesScatter(rows: Matrix, v: Float64Array): Float64Array {
  const out = new Float64Array(rows.cols);
  for (let i = 0; i < rows.rows; i++) {
    const row = rowOf(rows, i);
    const along = dot(row, v);
    row.forEach((x, d) => (out[d]! += along * x));
  }
  return out;
}

/** v less its part along each direction. */
function without(v: Float64Array, directions: readonly Float64Array[]): Float64Array {
  return directions.reduce((rest, direction) => {
    const along = dot(direction, rest);
    return rest.map((x, d) => x - along * direction[d]!);
  }, v);
}

const dot = (a: Float32Array | Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
};

const length = (v: Float64Array): number => Math.sqrt(dot(v, v));
