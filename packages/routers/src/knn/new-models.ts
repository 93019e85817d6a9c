import { rowOf, type Matrix } from '@routeprofile/schema';
import { softmax } from '@routeprofile/numerics';

/** Differences of cosine of this size matter. */
const TEMPERATURE = 0.05;

/**
 * Which share of each known model's score a new model takes over: softmax over the cosines of their profiles at temperature
 * 0.05, so that a model is judged by those most like it. Without a usable difference between profiles all count alike.
 *
 * @param profiles [models × dimensions], unit rows
 * @param known models with training outcomes
 * @returns [models × models]; the rows of known models take over their own score only
 */
export function inheritance(profiles: Matrix, known: readonly boolean[]): Float32Array {
  const n = profiles.rows;
  const shares = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    if (known[i]) {
      shares[i * n + i] = 1;
      continue;
    }
    const cosines = Array.from({ length: n }, (_, j) => (known[j] ? cosine(profiles, i, j) : -Infinity));
    shares.set(softmax(cosines, TEMPERATURE), i * n);
  }
  return shares;
}

function cosine(profiles: Matrix, i: number, j: number): number {
  const other = rowOf(profiles, j);
  return rowOf(profiles, i).reduce((sum, x, d) => sum + x * other[d]!, 0);
}
