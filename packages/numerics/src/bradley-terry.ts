import { RouteProfileError } from '@routeprofile/schema';
import { solvePositiveDefinite } from './cholesky.js';
import { sigmoid, softplus } from './softmax.js';

/** One comparison of two models, by index. A tie counts half a win for either. */
export interface Comparison {
  /** Index of the model that did better; of a tie, either. */
  better: number;
  /** Index of the other. */
  worse: number;
  /** Default false. */
  tie?: boolean;
  /** Default 1. */
  weight?: number;
}

/** The normal prior on the strengths. */
export interface BradleyTerryOptions {
  /**
   * Precision of the normal prior on each strength, above 0. Default 1. It joins what no comparison joins, and keeps the
   * strength of a model that never lost finite.
   */
  ridge?: number;
  /** Shape [models]: mean of that prior, on the logit scale. Default 0: strengths then sum to 0. */
  prior?: Float64Array;
}

/** How often the row's model beat the column's, by weight. Shape [models × models], row-major; what `fitBradleyTerry` reads. */
export function countWins(models: number, comparisons: Iterable<Comparison>): Float64Array {
  const wins = new Float64Array(models * models);
  for (const { better, worse, tie = false, weight = 1 } of comparisons) {
    wins[better * models + worse]! += tie ? weight / 2 : weight;
    if (tie) wins[worse * models + better]! += weight / 2;
  }
  return wins;
}

/** Negative log posterior, up to a constant. */
function loss(wins: Float64Array, strengths: Float64Array, prior: Float64Array, ridge: number): number {
  const n = strengths.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const w = wins[i * n + j]!;
      if (w > 0) sum += w * softplus(strengths[j]! - strengths[i]!);
    }
    sum += 0.5 * ridge * (strengths[i]! - prior[i]!) ** 2;
  }
  return sum;
}

const TOLERANCE = 1e-10;
const MAX_STEPS = 100;

/**
 * Bradley–Terry strengths s with P(i beats j) = 1 / (1 + exp(s_j − s_i)): the posterior mode under s_i ~ N(prior_i, 1 / ridge),
 * by Newton's method with step halving. The loss is strictly convex, so the answer is unique and does not depend on the
 * order of the comparisons. (Bradley and Terry 1952; Caron and Doucet 2012 for the prior.)
 *
 * @param wins shape [models × models], as `countWins` makes it
 * @returns one strength per model, on the logit scale
 * @throws RouteProfileError BAD_OPTION for a ridge that is not above 0; NOT_FINITE for counts that are not finite and at least 0.
 */
export function fitBradleyTerry(wins: Float64Array, models: number, options: BradleyTerryOptions = {}): Float64Array {
  const { ridge = 1, prior = new Float64Array(models) } = options;
  if (!(ridge > 0) || !Number.isFinite(ridge))
    throw new RouteProfileError('BAD_OPTION', `Bradley–Terry: ridge is ${ridge}, expected a number above 0`);
  if (wins.length !== models * models || prior.length !== models)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `Bradley–Terry: ${wins.length} counts, ${prior.length} prior means for ${models} models`,
    );
  if (!wins.every((w) => w >= 0 && Number.isFinite(w)) || !prior.every(Number.isFinite))
    throw new RouteProfileError(
      'NOT_FINITE',
      'Bradley–Terry: counts must be finite and at least 0, prior means finite',
    );

  const played = players(wins, models);
  if (played.length === models) return mode(wins, prior, ridge);
  // Whom nothing is said of stays at the prior's mean, and moves nobody: the time is that of the others alone.
  const n = played.length;
  const among = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) among[i * n + j] = wins[played[i]! * models + played[j]!]!;
  const strengths = prior.slice();
  mode(
    among,
    Float64Array.from(played, (model) => prior[model]!),
    ridge,
  ).forEach((strength, i) => (strengths[played[i]!] = strength));
  return strengths;
}

/** Models that won or lost, ascending. */
function players(wins: Float64Array, models: number): Int32Array {
  const seen = new Uint8Array(models);
  for (let i = 0, k = 0; i < models; i++) for (let j = 0; j < models; j++, k++) if (wins[k]! > 0) seen[i] = seen[j] = 1;
  return Int32Array.from(seen.keys()).filter((model) => seen[model] === 1);
}

function mode(wins: Float64Array, prior: Float64Array, ridge: number): Float64Array {
  let strengths = prior.slice();
  let current = loss(wins, strengths, prior, ridge);
  for (let step = 0; step < MAX_STEPS; step++) {
    const direction = newtonDirection(wins, strengths, prior, ridge);
    if (direction.every((d) => Math.abs(d) < TOLERANCE)) break;
    // A full step overshoots when a strength is far off; halving it always finds a lower loss in the end.
    let size = 1;
    let next = strengths;
    let value = Infinity;
    while (value > current && size > 1e-6) {
      next = strengths.map((s, i) => s + size * direction[i]!);
      value = loss(wins, next, prior, ridge);
      size /= 2;
    }
    if (!(value <= current)) break; // At the limit of what doubles can tell apart.
    strengths = next;
    current = value;
  }
  return strengths;
}

/** H⁻¹ g of the log posterior at `strengths`. H = ridge · I + Laplacian of n_ij σ(1 − σ): positive definite. */
function newtonDirection(
  wins: Float64Array,
  strengths: Float64Array,
  prior: Float64Array,
  ridge: number,
): Float64Array {
  const n = strengths.length;
  const gradient = strengths.map((s, i) => -ridge * (s - prior[i]!));
  const hessian = new Float64Array(n * n);
  for (let i = 0; i < n; i++) hessian[i * n + i] = ridge;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const won = wins[i * n + j]!;
      const played = won + wins[j * n + i]!;
      if (played === 0) continue;
      const p = sigmoid(strengths[i]! - strengths[j]!);
      const slope = won - played * p;
      const curvature = played * p * (1 - p);
      gradient[i]! += slope;
      gradient[j]! -= slope;
      hessian[i * n + i]! += curvature;
      hessian[j * n + j]! += curvature;
      hessian[i * n + j]! -= curvature;
      hessian[j * n + i]! -= curvature;
    }
  return solvePositiveDefinite(hessian, gradient);
}
