import {
  createMatrix,
  normalizeRows,
  RouteProfileError,
  rowOf,
  type Matrix,
  type ProfileSet,
} from '@routeprofile/schema';
import { rowDots } from '@routeprofile/numerics';
import { searchEach, type Search } from '../knn/neighbours.js';

export const NAME = 'attention';

/** Keys, and what the models are worth at each, as the router keeps them: float32 and without NaN. */
export interface Memory {
  /** [keys × dimensions], unit rows. */
  keys: Matrix;
  /** [models × keys], 0 where not measured. */
  scores: Matrix;
  /** [models × keys], 1 where measured. */
  measured: Matrix;
  /** Shape [models]: the score where no key that the model was measured at is attended to. */
  priors: Float32Array;
}

export interface Sharpness {
  /** Differences of cosine of this size matter. */
  temperature: number;
  /** Number of imagined keys, as near as the nearest, that draw a score to the model's prior. */
  shrinkage: number;
}

/**
 * Attention in units of the key attended to most: exp((cosine − highest cosine) / temperature), so that its sum is an effective
 * number of keys; softmax times that number.
 * @param cosines −Infinity for a key that must not be seen
 */
export function attentionTo(cosines: Float32Array, temperature: number, out: Float64Array): void {
  let top = -Infinity;
  for (let k = 0; k < cosines.length; k++) if (cosines[k]! > top) top = cosines[k]!;
  for (let k = 0; k < cosines.length; k++) out[k] = top === -Infinity ? 0 : Math.exp((cosines[k]! - top) / temperature);
}

/** Sums over keys of one query, [models] each. */
export interface Attended {
  /** Σ attention · score */
  sums: Float64Array;
  /** Σ attention over the keys that the model was measured at: their effective number. */
  evidence: Float64Array;
}

export function attend({ scores, measured }: Memory, attention: Float64Array, complete: boolean): Attended {
  const sums = new Float64Array(scores.rows);
  const evidence = new Float64Array(scores.rows);
  rowDots(scores, attention, sums);
  if (complete) evidence.fill(attention.reduce((a, b) => a + b, 0));
  else rowDots(measured, attention, evidence);
  return { sums, evidence };
}

/** Every model was measured at every key. */
export const isComplete = ({ measured }: Pick<Memory, 'measured'>): boolean => measured.data.every((m) => m > 0);

/** (Σ attention · score + shrinkage · prior) / (evidence + shrinkage), one a model. */
export function shrunkScores(
  { sums, evidence }: Attended,
  priors: Float32Array,
  shrinkage: number,
  out: Float32Array | Float64Array = new Float64Array(priors.length),
): Float32Array | Float64Array {
  for (let m = 0; m < priors.length; m++) {
    const weight = evidence[m]! + shrinkage;
    out[m] = weight > 0 ? (sums[m]! + shrinkage * priors[m]!) / weight : priors[m]!;
  }
  return out;
}

/**
 * The rows of some models, with their priors: the set's bias where there is one, otherwise the mean over the keys measured.
 * @param rows of the models in the profile set
 */
export function scoreRows(
  { keyed, biases }: Pick<ProfileSet, 'biases'> & { keyed: NonNullable<ProfileSet['keyed']> },
  rows: readonly number[],
): Omit<Memory, 'keys'> {
  const width = keyed.scores.cols;
  const scores = createMatrix(rows.length, width);
  const measured = createMatrix(rows.length, width);
  const priors = new Float32Array(rows.length);
  rows.forEach((row, m) => {
    let sum = 0;
    let count = 0;
    for (let k = 0; k < width; k++) {
      const score = keyed.scores.data[row * width + k]!;
      if (Number.isNaN(score)) continue;
      scores.data[m * width + k] = score;
      measured.data[m * width + k] = 1;
      sum += score;
      count++;
    }
    priors[m] = biases?.[row] ?? (count > 0 ? sum / count : 0);
  });
  return { scores, measured, priors };
}

/**
 * Shows each query's attention to the keys, query after query.
 * @param see is shown the attention in the same array each time
 */
export function attendEach(
  { memory: { keys }, search }: { memory: Pick<Memory, 'keys'>; search: Search },
  vectors: Matrix,
  temperature: number,
  see: (attention: Float64Array, query: number) => void,
): void {
  const attention = new Float64Array(keys.rows);
  searchEach(search, normalizeRows(vectors), (cosines, query) => {
    attentionTo(cosines, temperature, attention);
    see(attention, query);
  });
}

export function assertSameKeys(own: Matrix, given: Matrix): void {
  const same = own.data.length === given.data.length && own.data.every((x, k) => Math.abs(x - given.data[k]!) < 1e-5);
  if (!same)
    throw new RouteProfileError('BAD_INPUT', `${NAME}: the keys are not those that the router was fitted on`, {
      hint: 'Extend the profiles that the router was fitted on, and give that set.',
    });
}

/** Whether the set says anything of a model: a score at some key, or a bias. */
export const placed = ({ measured }: Pick<Memory, 'measured'>, model: number, { biases }: Pick<ProfileSet, 'biases'>) =>
  biases !== undefined || rowOf(measured, model).some((x) => x > 0);
