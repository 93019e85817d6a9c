import type { Layout } from './likelihood.js';
import type { ResponseKind, ResponseList } from './responses.js';
import { cholesky, solveCholesky, solveCholeskyColumns } from '../cholesky.js';
import { symmetricEigen } from '../eigen.js';

/** Logit per unit of probability around 1/2. */
const SLOPE = 4;
/** Directions without evidence start here instead of at 0, where the gradient of both factors vanishes. */
const SMALLEST = 0.05;

/** What the start is computed from: sums over responses, the same for every rank and ridge, and of fewer coordinates the first of them. */
export interface ResponseMoments {
  /** Coordinates of a query, the constant included. */
  width: number;
  /** Shape [width × models]: Σ x · lead of the model over the mean of those measured on the same query. */
  leads: Float64Array;
  /** Shape [width × width], its lower triangle: Σ x xᵀ over the answered queries. */
  gram: Float64Array;
  /** Shape [width]: Σ x · (mean of all responses − mean of the query's). */
  level: Float64Array;
  /** Mean of all responses. */
  mean: number;
}

/** @param x [queries × width] coordinates */
export function responseMoments(
  x: Float64Array,
  width: number,
  { starts, first, second, value, kind, models }: ResponseList,
): ResponseMoments {
  const queries = starts.length - 1;
  const gram = new Float64Array(width * width);
  const leads = new Float64Array(width * models);
  const level = new Float64Array(width);
  const answered: number[] = [];
  let total = 0;
  value.forEach((v) => (total += v / value.length));
  for (let q = 0; q < queries; q++) {
    const [from, to] = [starts[q]!, starts[q + 1]!];
    if (from === to) continue;
    let mean = 0;
    for (let e = from; e < to; e++) mean += value[e]! / (to - from);
    for (let k = 0; k < width; k++) {
      const xk = x[q * width + k]!;
      const row = k * models;
      if (kind === 'pairs')
        for (let e = from; e < to; e++) {
          leads[row + first[e]!]! += xk * 0.5;
          leads[row + second[e]!]! += xk * -0.5;
        }
      else for (let e = from; e < to; e++) leads[row + first[e]!]! += xk * (value[e]! - mean);
      level[k]! += xk * (total - mean);
    }
    answered.push(q);
  }
  addProducts(x, width, answered, gram);
  return { width, leads, gram, level, mean: total };
}

/** The moments of the first coordinates alone. */
function leadingMoments({ width: all, leads, gram, level, mean }: ResponseMoments, width: number): ResponseMoments {
  const models = leads.length / all;
  const part = new Float64Array(width * width);
  for (let k = 0; k < width; k++) part.set(gram.subarray(k * all, k * all + width), k * width);
  return { width, leads: leads.subarray(0, width * models), gram: part, level: level.subarray(0, width), mean };
}

/**
 * Where the fit starts: ridge regressions of each model's lead over the mean of those measured on the same query, brought to
 * rank `dimensions` by their singular values, split evenly between the factors. No chance is involved.
 * @param given moments of as many coordinates as the layout has, or more
 */
export function spectralStart(
  given: ResponseMoments,
  kind: ResponseKind,
  { width, models, dimensions: D, difficultyAt, abilitiesAt, length }: Layout,
  ridge: number,
): Float64Array {
  const { leads, gram, level, mean: total } = leadingMoments(given, width);
  for (let k = 0; k < width; k++) gram[k * width + k]! += SLOPE * (k === 0 ? 1 : ridge);
  const l = cholesky(gram, width);
  const effects = solveCholeskyColumns(
    l,
    leads.map((lead) => SLOPE * lead),
    models,
  );
  const out = new Float64Array(length);
  if (kind === 'outcomes') {
    solveCholesky(l, level).forEach((b, k) => (out[difficultyAt + k] = SLOPE * b));
    const bounded = Math.min(0.99, Math.max(0.01, total));
    out[difficultyAt]! -= Math.log(bounded / (1 - bounded));
  }
  // Both factors' penalties are then equal, as they are where the sum of the two is least.
  const weight = Float64Array.from({ length: width }, (_, k) => (k === 0 ? 1 : Math.sqrt(ridge)));
  for (let k = 0; k < width; k++) for (let m = k * models; m < (k + 1) * models; m++) effects[m]! *= weight[k]!;
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
  const [step, along] = across ? [models, 1] : [1, models];
  for (let i = 0; i < small; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0, a = i * step, b = j * step; k < Math.max(width, models); k++, a += along, b += along)
        sum += effects[a]! * effects[b]!;
      gram[i * small + j] = gram[j * small + i] = sum;
    }
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
    const others = new Float64Array(models);
    if (across)
      for (let k = 0; k < width; k++)
        for (let m = 0; m < models; m++) others[m]! += (effects[k * models + m]! * side[k]!) / (size || 1);
    for (let m = 0; m < models; m++) out[at + m * D + d] = root * (alike ? side[alike[m]!]! : others[m]!);
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
