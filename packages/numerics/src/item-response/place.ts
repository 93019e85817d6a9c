import { RouteProfileError } from '@routeprofile/schema';
import { sigmoid, softplus } from '../softmax.js';
import type { Items } from './predict.js';
import { invertPositiveDefinite, solvePositiveDefinite } from '../cholesky.js';

/** What abilities are likely before anything was asked: N(mean, precision⁻¹). */
export interface AbilityPrior {
  /** [dimensions] */
  mean: Float64Array;
  /** [dimensions × dimensions], positive definite. */
  precision: Float64Array;
}

/** Models whose worth the unit covariance of the fit counts for in that of the prior. */
const UNIT_WEIGHT = 1;

/**
 * The normal distribution of fitted abilities. The covariance is drawn to that which the fit assumed (the unit matrix, as
 * one more model), so that it stays positive definite with few models.
 * @param abilities [models × dimensions]
 */
export function abilityPrior(abilities: Float64Array, dimensions: number): AbilityPrior {
  const D = dimensions;
  const models = abilities.length / D;
  const mean = new Float64Array(D);
  abilities.forEach((x, i) => (mean[i % D]! += x / models));
  const covariance = new Float64Array(D * D);
  for (let d = 0; d < D; d++) covariance[d * D + d] = UNIT_WEIGHT / (models + UNIT_WEIGHT);
  for (let m = 0; m < models; m++)
    for (let i = 0; i < D; i++)
      for (let j = 0; j < D; j++)
        covariance[i * D + j]! +=
          ((abilities[m * D + i]! - mean[i]!) * (abilities[m * D + j]! - mean[j]!)) / (models + UNIT_WEIGHT);
  return { mean, precision: invertPositiveDefinite(covariance, D) };
}

/** The posterior of a model's ability: its mode, and how sure it is. */
export interface PlacedAbility {
  /** [dimensions] */
  ability: Float64Array;
  /** Shape [dimensions × dimensions]. Posterior precision there. */
  precision: Float64Array;
}

const STEPS = 100;
const TOLERANCE = 1e-9;

/**
 * Where a model stands by its answers to some items, the items being known: the mode of the posterior under the prior, by
 * Newton's method with step halving. The problem is convex, so the answer is unique.
 * @param outcomes [items] in [0, 1]; NaN = not asked
 * @param weights how many answers each outcome is worth, [items]. Default 1.
 * @throws RouteProfileError SHAPE_MISMATCH unless there is an outcome for each item.
 */
export function placeAbility(
  items: Items,
  outcomes: ArrayLike<number>,
  prior: AbilityPrior,
  weights?: ArrayLike<number>,
): PlacedAbility {
  const { difficulty } = items;
  if (outcomes.length !== difficulty.length)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `item response: ${outcomes.length} outcomes for ${difficulty.length} items`,
    );
  let ability = prior.mean.slice();
  let at = posterior(items, outcomes, weights, prior, ability);
  for (let step = 0; step < STEPS; step++) {
    const move = solvePositiveDefinite(at.precision, at.gradient);
    if (move.every((x) => Math.abs(x) < TOLERANCE)) break;
    let next = at;
    let place = ability;
    for (let size = 1; size > 1e-8; size /= 2) {
      place = ability.map((x, d) => x - size * move[d]!);
      next = posterior(items, outcomes, weights, prior, place);
      if (next.loss <= at.loss) break;
    }
    if (!(next.loss <= at.loss)) break; // At the limit of what doubles can tell apart.
    ability = place;
    at = next;
  }
  return { ability, precision: at.precision };
}

function posterior(
  { dimensions: D, discrimination, difficulty }: Items,
  outcomes: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  { mean, precision: prior }: AbilityPrior,
  ability: Float64Array,
): { loss: number; gradient: Float64Array; precision: Float64Array } {
  const gradient = new Float64Array(D);
  const precision = prior.slice();
  let loss = 0;
  for (let i = 0; i < D; i++)
    for (let j = 0; j < D; j++) {
      gradient[i]! += prior[i * D + j]! * (ability[j]! - mean[j]!);
      loss += 0.5 * prior[i * D + j]! * (ability[i]! - mean[i]!) * (ability[j]! - mean[j]!);
    }
  difficulty.forEach((b, k) => {
    const y = outcomes[k]!;
    if (Number.isNaN(y)) return;
    const a = discrimination.subarray(k * D, (k + 1) * D);
    const logit = a.reduce((sum, x, d) => sum + x * ability[d]!, -b);
    const p = sigmoid(logit);
    const weight = weights?.[k] ?? 1;
    loss += weight * (softplus(logit) - y * logit);
    addInformation(precision, a, weight * p * (1 - p));
    for (let d = 0; d < D; d++) gradient[d]! += weight * (p - y) * a[d]!;
  });
  return { loss, gradient, precision };
}

/** sum += weight · a aᵀ */
function addInformation(sum: Float64Array, a: Float64Array, weight: number): void {
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < a.length; j++) sum[i * a.length + j]! += weight * a[i]! * a[j]!;
}

/**
 * What the answers to some items tell of an ability: Σ p (1 − p) a aᵀ, [dimensions × dimensions], with p the chance of being
 * right there.
 */
export function fisherInformation(
  { dimensions: D, discrimination, difficulty }: Items,
  ability: Float64Array,
): Float64Array {
  const sum = new Float64Array(D * D);
  difficulty.forEach((b, k) => {
    const a = discrimination.subarray(k * D, (k + 1) * D);
    const p = sigmoid(a.reduce((total, x, d) => total + x * ability[d]!, -b));
    addInformation(sum, a, p * (1 - p));
  });
  return sum;
}

/**
 * What items are chosen for: to know the ability (D-optimal), or to predict answers (V-optimal); see `mostInformative`.
 */
export type ProbeCriterion = 'ability' | 'prediction';

/**
 * Items to ask a model of which nothing is known, one after the other, by what an answer tells at the prior's mean. With V the
 * posterior covariance so far and w = p (1 − p) of an item with discrimination a:
 *
 * - `ability` (D-optimality; van der Linden 1999): the item that raises log det of the posterior precision most, by
 *   log(1 + w aᵀ V a).
 * - `prediction` (V-optimality): the item that lowers most the mean variance of the chances of being right over all items,
 *   tr(C V) with C = mean of w² a aᵀ, by w aᵀ V C V a / (1 + w aᵀ V a). Abilities that no item asks for are then not measured.
 *
 * @returns positions of at most `budget` distinct items, in the order chosen
 */
export function mostInformative(
  items: Items,
  prior: AbilityPrior,
  budget: number,
  criterion: ProbeCriterion = 'ability',
): Int32Array {
  const { dimensions: D, discrimination, difficulty } = items;
  const covariance = invertPositiveDefinite(prior.precision, D);
  const of = (k: number) => discrimination.subarray(k * D, (k + 1) * D);
  const variance = Float64Array.from(difficulty, (b, k) => {
    const logit = of(k).reduce((sum, x, d) => sum + x * prior.mean[d]!, -b);
    return sigmoid(logit) * sigmoid(-logit);
  });
  const asked = new Float64Array(D * D);
  variance.forEach((w, k) => addInformation(asked, of(k), (w * w) / variance.length));
  const gainOf = (k: number) => {
    const spread = variance[k]! * quadratic(covariance, of(k));
    return criterion === 'ability'
      ? spread
      : (variance[k]! * quadratic(asked, times(covariance, of(k)))) / (1 + spread);
  };
  const chosen: number[] = [];
  const free = new Set(difficulty.keys());
  while (chosen.length < budget && free.size > 0) {
    let best = -1;
    let most = -Infinity;
    for (const k of free) {
      const gain = gainOf(k);
      if (gain > most) [best, most] = [k, gain];
    }
    chosen.push(best);
    free.delete(best);
    shrink(covariance, of(best), variance[best]!);
  }
  return Int32Array.from(chosen);
}

/** V a of a symmetric V */
function times(v: Float64Array, a: Float64Array): Float64Array {
  return a.map((_, i) => a.reduce((sum, x, j) => sum + v[i * a.length + j]! * x, 0));
}

/** aᵀ V a */
function quadratic(v: Float64Array, a: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) for (let j = 0; j < a.length; j++) sum += a[i]! * v[i * a.length + j]! * a[j]!;
  return sum;
}

/** V ← (V⁻¹ + w a aᵀ)⁻¹ (Sherman and Morrison 1950). */
function shrink(v: Float64Array, a: Float64Array, weight: number): void {
  const D = a.length;
  const va = times(v, a);
  const factor = weight / (1 + weight * quadratic(v, a));
  for (let i = 0; i < D; i++) for (let j = 0; j < D; j++) v[i * D + j]! -= factor * va[i]! * va[j]!;
}
