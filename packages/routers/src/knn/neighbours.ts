import type { Matrix } from '@routeprofile/schema';

export interface Neighbours {
  /** Rows of the searched matrix, most similar first; equal similarities in row order. */
  rows: Int32Array;
  cosines: Float64Array;
}

/**
 * The `count` rows most similar to a vector, by exact search.
 * @param space unit rows
 * @param among rows that may be found
 * @param vector unit vector of `space.cols` numbers
 */
export function nearest(space: Matrix, among: Int32Array, vector: Float32Array, count: number): Neighbours {
  const size = Math.min(count, among.length);
  const rows = new Int32Array(size);
  const cosines = new Float64Array(size).fill(-Infinity);
  let found = 0;
  for (const row of among) {
    const offset = row * space.cols;
    let dot = 0;
    for (let d = 0; d < space.cols; d++) dot += space.data[offset + d]! * vector[d]!;
    if (found === size && !(dot > cosines[size - 1]!)) continue;
    // Insertion from the end: `>` leaves earlier rows in front of equal ones.
    let place = found < size ? found++ : size - 1;
    while (place > 0 && dot > cosines[place - 1]!) {
      cosines[place] = cosines[place - 1]!;
      rows[place] = rows[place - 1]!;
      place--;
    }
    cosines[place] = dot;
    rows[place] = row;
  }
  return { rows, cosines };
}
