import { createMatrix, createRandom, type Random } from '@routeprofile/schema';
import { sigmoid, softmax } from '@routeprofile/numerics';
import type { LoggedRows } from './logged-rows.js';

/** A log and all that it hides. */
export interface KnownLog {
  log: LoggedRows & { vectors: NonNullable<LoggedRows['vectors']> };
  /** Shape [rows × models]. */
  score: Float64Array;
  propensities: Float64Array;
}

const DIMENSIONS = 4;

/**
 * Queries of four normal coordinates; model m is right with chance sigmoid(1 + 2 x_m), and chosen by a softmax of `pull` · x_m. A pull of
 * 0 chooses uniformly.
 */
export function drawLog(rows: number, models: number, seed: number, pull = 1): KnownLog {
  const random = createRandom(seed, 'test log');
  const vectors = createMatrix(rows, DIMENSIONS);
  const score = new Float64Array(rows * models);
  const propensities = new Float64Array(rows * models);
  const kept = new Float64Array(rows * models).fill(NaN);
  const chosen = new Int32Array(rows);
  for (let q = 0; q < rows; q++) {
    const x = Array.from({ length: DIMENSIONS }, () => random.normal());
    vectors.data.set(x, q * DIMENSIONS);
    const own = (m: number) => x[m % DIMENSIONS]!;
    for (let m = 0; m < models; m++) score[q * models + m] = random.float() < sigmoid(1 + 2 * own(m)) ? 1 : 0;
    const chances = softmax(Float64Array.from({ length: models }, (_, m) => pull * own(m)));
    propensities.set(chances, q * models);
    const model = drawn(chances, random);
    chosen[q] = model;
    kept[q * models + model] = score[q * models + model]!;
  }
  const names = Array.from({ length: models }, (_, m) => `m${m}`);
  return { log: { models: names, chosen, score: kept, vectors }, score, propensities };
}

function drawn(chances: Float64Array, random: Random): number {
  let left = random.float();
  let m = 0;
  while (m < chances.length - 1 && (left -= chances[m]!) >= 0) m++;
  return m;
}

/** Mean score of one choice per row. */
export const truthOf = (score: Float64Array, choices: Int32Array): number =>
  choices.reduce((sum, m, q) => sum + score[(q * score.length) / choices.length + m]!, 0) / choices.length;

/** The model with the largest of the row's coordinates among the first ones: a good router for `drawLog`. */
export const goodChoices = ({ log: { vectors, models } }: KnownLog): Int32Array =>
  Int32Array.from({ length: vectors.rows }, (_, q) => {
    const x = vectors.data.subarray(q * DIMENSIONS, q * DIMENSIONS + models.length);
    return x.indexOf(x.reduce((a, b) => Math.max(a, b)));
  });
