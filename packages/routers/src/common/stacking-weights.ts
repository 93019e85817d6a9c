import { isLog, type Matrix, type RouterTraining } from '@routeprofile/schema';
import { fitAdditive, sigmoid, softplus } from '@routeprofile/numerics';
import { nonNegativeMinimum } from './stacking-quadratic.js';

/** How the scores of several routers are added up. */
export interface StackingWeights {
  /** One a member, at least 0: how much its score counts, brought to unit size. */
  weights: Float64Array;
  /** Root mean square of each member's differences within a query; 0 for one that tells no models apart. */
  sizes: Float64Array;
}

/** Weights learned from all folds but one, or from all (null). */
export type WeightsWithout = (fold: number | null) => StackingWeights;

/** Pull of every weight towards 0, in units of what one member alone has to explain. */
const RIDGE = 0.01;

/**
 * Non-negative weights w for Σ w_j score_j / size_j. With outcomes, least squares of each measured outcome, less the mean of its
 * query, on the scores, less theirs (of a log: less the level that all its queries share, on the score less the mean of all models');
 * with pairs, logistic loss of the better model's lead. Both are convex and have a small
 * ridge, so that the answer is unique. A member that adds nothing gets 0; none can count against what it says. (Stacking: Wolpert
 * 1992; why the weights are not to be negative: Breiman 1996.)
 *
 * @param scores [training queries × models] a member, each query by a fit that did not see it
 * @param foldOf fold of each training query
 */
export function stacking(
  { outcomes, pairs }: Pick<RouterTraining, 'outcomes' | 'pairs'>,
  models: number,
  scores: readonly Matrix[],
  foldOf: Int32Array,
): WeightsWithout {
  return outcomes
    ? outcomeStacking(outcomes.score, models, scores, foldOf)
    : pairStacking(pairs, models, scores, foldOf);
}

/** Normal equations of the rows seen so far: Σ x xᵀ, Σ x y and their number. */
interface Normal {
  gram: Float64Array;
  moment: Float64Array;
  rows: number;
}

const emptyNormal = (n: number): Normal => ({ gram: new Float64Array(n * n), moment: new Float64Array(n), rows: 0 });

function addRow({ gram, moment }: Normal, x: Float64Array, y: number, weight = 1): void {
  const n = x.length;
  for (let a = 0; a < n; a++) {
    moment[a]! += weight * x[a]! * y;
    for (let b = 0; b < n; b++) gram[a * n + b]! += weight * x[a]! * x[b]!;
  }
}

function outcomeStacking(
  score: Float64Array,
  models: number,
  scores: readonly Matrix[],
  foldOf: Int32Array,
): WeightsWithout {
  const n = scores.length;
  const folds = Array.from({ length: Math.max(0, ...foldOf) + 1 }, () => emptyNormal(n));
  const x = new Float64Array(n);
  const levels = isLog({ score }, models) ? fitAdditive(score, models, { loneRows: 'together' }).rows : null;
  foldOf.forEach((fold, query) => {
    const row = score.subarray(query * models, (query + 1) * models);
    const measured = Array.from(row.keys()).filter((m) => !Number.isNaN(row[m]!));
    const level = levels && measured.length === 1 ? levels[query]! : null;
    const compared = level === null ? measured : Array.from(row.keys());
    const mean = (values: Float64Array | Float32Array) =>
      compared.reduce((sum, m) => sum + values[m]!, 0) / compared.length;
    const rows = scores.map(({ data }) => data.subarray(query * models, (query + 1) * models));
    const centres = rows.map(mean);
    const centre = level ?? mean(row);
    for (const m of measured) {
      rows.forEach((values, j) => (x[j] = values[m]! - centres[j]!));
      addRow(folds[fold]!, x, row[m]! - centre);
      folds[fold]!.rows++;
    }
  });
  return (without) => {
    const all = emptyNormal(n);
    folds.forEach((part, fold) => {
      if (fold === without) return;
      part.gram.forEach((g, k) => (all.gram[k]! += g));
      part.moment.forEach((g, k) => (all.moment[k]! += g));
      all.rows += part.rows;
    });
    const rows = Math.max(1, all.rows);
    const sizes = all.moment.map((_, j) => Math.sqrt(all.gram[j * n + j]! / rows));
    const inverse = sizes.map((size) => (size > 0 ? 1 / size : 0));
    const gram = all.gram.map((g, k) => (g / rows) * inverse[Math.floor(k / n)]! * inverse[k % n]!);
    const moment = all.moment.map((g, j) => (g / rows) * inverse[j]!);
    return { weights: nonNegativeMinimum(withRidge(gram, n), moment), sizes };
  };
}

function withRidge(gram: Float64Array, n: number): Float64Array {
  for (let j = 0; j < n; j++) gram[j * n + j]! += RIDGE;
  return gram;
}

function pairStacking(
  pairs: RouterTraining['pairs'],
  models: number,
  scores: readonly Matrix[],
  foldOf: Int32Array,
): WeightsWithout {
  const n = scores.length;
  return (without) => {
    const rows = pairs
      .filter(({ query }) => foldOf[query] !== without)
      .map(({ query, better, worse }) =>
        Float64Array.from(scores, ({ data }) => data[query * models + better]! - data[query * models + worse]!),
      );
    const sizes = Float64Array.from(scores, (_, j) =>
      Math.sqrt(rows.reduce((sum, row) => sum + row[j]! ** 2, 0) / Math.max(1, rows.length)),
    );
    for (const row of rows) for (let j = 0; j < n; j++) row[j] = sizes[j]! > 0 ? row[j]! / sizes[j]! : 0;
    return { weights: logistic(rows, n), sizes };
  };
}

const NEWTON_STEPS = 50;
const TOLERANCE = 1e-10;

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
};

/** Newton's method; each step is a non-negative quadratic problem, and is halved until the loss falls. */
function logistic(rows: readonly Float64Array[], n: number): Float64Array {
  const count = Math.max(1, rows.length);
  const loss = (w: Float64Array) =>
    rows.reduce((sum, x) => sum + softplus(-dot(w, x)), 0) / count + 0.5 * RIDGE * dot(w, w);
  let w: Float64Array = new Float64Array(n);
  let current = loss(w);
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const normal = emptyNormal(n);
    const gradient = w.map((value) => -RIDGE * value);
    for (const x of rows) {
      const wrong = sigmoid(-dot(w, x));
      for (let j = 0; j < n; j++) gradient[j]! += (wrong * x[j]!) / count;
      addRow(normal, x, 0, (wrong * (1 - wrong)) / count);
    }
    const hessian = withRidge(normal.gram, n);
    const target = nonNegativeMinimum(
      hessian,
      gradient.map((slope, j) => slope + dot(w, hessian.subarray(j * n, (j + 1) * n))),
    );
    let next = w;
    let value = Infinity;
    for (let size = 1; value > current && size > 1e-6; size /= 2) {
      const at = size;
      next = w.map((from, j) => from + at * (target[j]! - from));
      value = loss(next);
    }
    if (!(value < current)) break; // At the limit of what doubles can tell apart.
    const change = next.reduce((most, to, j) => Math.max(most, Math.abs(to - w[j]!)), 0);
    w = next;
    current = value;
    if (change < TOLERANCE) break;
  }
  return w;
}

/** Row q of the members' scores, added up. */
export function addStacked(
  scores: readonly ArrayLike<number>[],
  { weights, sizes }: StackingWeights,
  out: Float32Array | Float64Array,
): void {
  for (let m = 0; m < out.length; m++) {
    let sum = 0;
    for (let j = 0; j < scores.length; j++)
      if (weights[j]! > 0 && sizes[j]! > 0) sum += (weights[j]! / sizes[j]!) * scores[j]![m]!;
    out[m] = sum;
  }
}
