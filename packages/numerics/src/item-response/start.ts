import type { Layout } from './likelihood.js';
import type { ResponseList } from './responses.js';
import { cholesky, solveCholesky } from '../cholesky.js';
import { symmetricEigen } from '../eigen.js';

/** Logit per unit of probability around 1/2. */
const SLOPE = 4;
/** Directions without evidence start here instead of at 0, where the gradient of both factors vanishes. */
const SMALLEST = 0.05;

/**
 * Where the fit starts: ridge regressions of each model's lead over the mean of those measured on the same query, brought to
 * rank `dimensions` by their singular values, split evenly between the factors. No chance is involved.
 */
export function spectralStart(
  x: Float64Array,
  { starts, first, second, value, kind, models }: ResponseList,
  { width, dimensions: D, difficultyAt, abilitiesAt, length }: Layout,
  ridge: number,
): Float64Array {
  const queries = starts.length - 1;
  const gram = new Float64Array(width * width);
  const leads = new Float64Array(width * models); // Xᵀ R
  const level = new Float64Array(width);
  const add = (q: number, m: number, lead: number) => {
    for (let k = 0; k < width; k++) leads[k * models + m]! += x[q * width + k]! * lead;
  };
  const answered: number[] = [];
  let total = 0;
  value.forEach((v) => (total += v / value.length));
  for (let q = 0; q < queries; q++) {
    const [from, to] = [starts[q]!, starts[q + 1]!];
    if (from === to) continue;
    let mean = 0;
    for (let e = from; e < to; e++) mean += value[e]! / (to - from);
    for (let e = from; e < to; e++)
      if (kind === 'pairs') {
        add(q, first[e]!, 0.5);
        add(q, second[e]!, -0.5);
      } else add(q, first[e]!, value[e]! - mean);
    for (let k = 0; k < width; k++) level[k]! += x[q * width + k]! * (total - mean);
    answered.push(q);
  }
  addProducts(x, width, answered, gram);
  for (let k = 0; k < width; k++) gram[k * width + k]! += SLOPE * (k === 0 ? 1 : ridge);
  const l = cholesky(gram, width);
  const effects = new Float64Array(width * models);
  for (let m = 0; m < models; m++) {
    const column = solveCholesky(
      l,
      Float64Array.from({ length: width }, (_, k) => SLOPE * leads[k * models + m]!),
    );
    column.forEach((effect, k) => (effects[k * models + m] = effect));
  }
  const out = new Float64Array(length);
  if (kind === 'outcomes') {
    solveCholesky(l, level).forEach((b, k) => (out[difficultyAt + k] = SLOPE * b));
    const bounded = Math.min(0.99, Math.max(0.01, total));
    out[difficultyAt]! -= Math.log(bounded / (1 - bounded));
  }
  // Both factors' penalties are then equal, as they are where the sum of the two is least.
  const weight = Float64Array.from({ length: width }, (_, k) => (k === 0 ? 1 : Math.sqrt(ridge)));
  effects.forEach((_, i) => (effects[i]! *= weight[Math.floor(i / models)]!));
  factorise(effects, width, models, D, out, abilitiesAt);
  for (let k = 0; k < width; k++) for (let d = 0; d < D; d++) out[k * D + d]! /= weight[k]!;
  return out;
}

/** Σ x xᵀ over some rows, its lower triangle added to `out`. Four rows at a time: the sum is read and written once for all of them. */
function addProducts(x: Float64Array, width: number, rows: readonly number[], out: Float64Array): void {
  const none = new Float64Array(width);
  const rowAt = (i: number) => (i < rows.length ? x.subarray(rows[i]! * width, (rows[i]! + 1) * width) : none);
  for (let i = 0; i < rows.length; i += 4) {
    const [a, b, c, e] = [rowAt(i), rowAt(i + 1), rowAt(i + 2), rowAt(i + 3)];
    for (let k = 0; k < width; k++) {
      const [ak, bk, ck, ek] = [a[k]!, b[k]!, c[k]!, e[k]!];
      for (let j = 0, at = k * width; j <= k; j++, at++) out[at]! += ak * a[j]! + bk * b[j]! + ck * c[j]! + ek * e[j]!;
    }
  }
}

/** effects [width × models] ≈ G Θᵀ with G [width × D] at 0 of `out` and Θ [models × D] at `at`, both of one length. */
function factorise(
  effects: Float64Array,
  width: number,
  models: number,
  D: number,
  out: Float64Array,
  at: number,
): void {
  const small = Math.min(width, models);
  const across = width <= models;
  const gram = new Float64Array(small * small);
  for (let i = 0; i < small; i++)
    for (let j = 0; j < small; j++)
      for (let k = 0; k < Math.max(width, models); k++)
        gram[i * small + j]! += across
          ? effects[i * models + k]! * effects[j * models + k]!
          : effects[k * models + i]! * effects[k * models + j]!;
  const { values, vectors } = symmetricEigen(gram, small);
  const alike = across ? undefined : firstAlike(effects, width, models);
  for (let d = 0; d < Math.min(D, small); d++) {
    const size = Math.sqrt(Math.max(0, values[d]!));
    const root = Math.sqrt(Math.max(SMALLEST, size));
    const side = vectors.subarray(d * small, (d + 1) * small);
    for (let k = 0; k < width; k++) {
      let other = 0;
      if (!across) for (let m = 0; m < models; m++) other += (effects[k * models + m]! * side[m]!) / (size || 1);
      out[k * D + d] = root * (across ? side[k]! : other);
    }
    for (let m = 0; m < models; m++) {
      let other = 0;
      if (across) for (let k = 0; k < width; k++) other += (effects[k * models + m]! * side[k]!) / (size || 1);
      out[at + m * D + d] = root * (alike ? side[alike[m]!]! : other);
    }
  }
}

/**
 * For each model the first one with the same effects, itself in most cases. Entries of an eigenvector that belong to equal rows agree
 * but for rounding, or not at all where the direction holds no evidence; who cannot be told apart starts at one point, to the last bit.
 */
function firstAlike(effects: Float64Array, width: number, models: number): Int32Array {
  const same = (a: number, b: number) => {
    for (let k = 0; k < width; k++) if (effects[k * models + a] !== effects[k * models + b]) return false;
    return true;
  };
  return Int32Array.from({ length: models }, (_, m) => {
    let first = 0;
    while (first < m && !same(first, m)) first++;
    return first;
  });
}
