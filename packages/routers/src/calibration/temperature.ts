import { sigmoid, softplus, solvePositiveDefinite } from '@routeprofile/numerics';
import type { Observations } from './observations.js';

/** chance = sigmoid(slope · x + offset + offset of the model), x being the score or its logit. */
export interface TemperatureCurve {
  method: 'temperature';
  /** `logit` where all scores lie between 0 and 1 and read as chances already. */
  link: 'logit' | 'identity';
  /** One over the temperature; never below 0, so that the order of models stays. */
  slope: number;
  offset: number;
  /** Added per model, in the order of models; absent when all share one offset. */
  modelOffsets?: number[];
}

/** Scores of 0 and 1 have no logit: they count as this far inside. */
const EDGE = 1e-3;
/** Precision of the normal prior around 0: on the slope (of scores of unit variance), the offset, and models' offsets. */
const PRIOR = { slope: 1e-3, offset: 1e-6, model: 1 };
const MAX_STEPS = 50;

function linked(link: TemperatureCurve['link'], score: number): number {
  if (link === 'identity') return score;
  const inside = Math.min(1 - EDGE, Math.max(EDGE, score));
  return Math.log(inside / (1 - inside));
}

/**
 * Logistic regression of outcomes on scores by Newton's method, in double precision.
 * (Platt 1999; Guo et al., arXiv 1706.04599.)
 * @param models how many models there are; an offset of its own for each when `perModel`, drawn to 0 by a prior of variance 1
 */
export function fitTemperature(data: Observations, models: number, perModel: boolean): TemperatureCurve {
  const link = data.scores.every((s) => s >= 0 && s <= 1) ? 'logit' : 'identity';
  const raw = data.scores.map((score) => linked(link, score));
  const mean = raw.reduce((a, b) => a + b, 0) / raw.length;
  const deviation = Math.sqrt(raw.reduce((sum, x) => sum + (x - mean) ** 2, 0) / raw.length) || 1;
  const x = raw.map((value) => (value - mean) / deviation);
  const offsets = perModel ? models : 0;
  let found = newton(x, data, offsets, true);
  // Scores that speak against the outcome are not turned round: they count for nothing.
  if (found[0]! < 0) found = newton(x, data, offsets, false);
  const slope = found[0]! / deviation;
  return {
    method: 'temperature',
    link,
    slope,
    offset: found[1]! - slope * mean,
    ...(perModel && { modelOffsets: Array.from(found.subarray(2)) }),
  };
}

/** [slope, offset, models' offsets…] of greatest posterior; the slope stays 0 unless it is `free`. */
function newton(x: Float64Array, { outcomes, models }: Observations, offsets: number, free: boolean): Float64Array {
  const n = 2 + offsets;
  const prior = Float64Array.from({ length: n }, (_, i) =>
    i === 0 ? PRIOR.slope : i === 1 ? PRIOR.offset : PRIOR.model,
  );
  let current: Float64Array = new Float64Array(n);
  let loss = Infinity;
  let step: Float64Array = new Float64Array(n);
  for (let i = 0; i < MAX_STEPS; i++) {
    const { value, gradient, hessian } = derivatives(current, prior, x, outcomes, models, offsets, free);
    if (value > loss + 1e-12 * Math.abs(loss)) {
      // Too far: half the step back.
      step = step.map((s) => s / 2);
      current = current.map((c, k) => c + step[k]!);
      continue;
    }
    loss = value;
    step = solvePositiveDefinite(hessian, gradient);
    current = current.map((c, k) => c - step[k]!);
    if (step.every((s) => Math.abs(s) < 1e-10)) break;
  }
  return current;
}

/** Log loss (soft targets allowed) and prior, with first and second derivatives. */
function derivatives(
  at: Float64Array,
  prior: Float64Array,
  x: Float64Array,
  outcomes: Float64Array,
  models: Int32Array,
  offsets: number,
  free: boolean,
) {
  const n = at.length;
  const gradient = at.map((a, k) => prior[k]! * a);
  const hessian = new Float64Array(n * n);
  let value = at.reduce((sum, a, k) => sum + 0.5 * prior[k]! * a * a, 0);
  for (let k = 0; k < n; k++) hessian[k * n + k] = prior[k]!;
  for (let i = 0; i < x.length; i++) {
    const row = offsets > 0 ? 2 + models[i]! : -1;
    const score = free ? x[i]! : 0;
    const logit = at[0]! * score + at[1]! + (row < 0 ? 0 : at[row]!);
    const p = sigmoid(logit);
    value += softplus(logit) - outcomes[i]! * logit;
    const error = p - outcomes[i]!;
    const weight = p * (1 - p);
    gradient[0]! += error * score;
    gradient[1]! += error;
    hessian[0]! += weight * score * score;
    hessian[n]! += weight * score;
    hessian[n + 1]! += weight;
    if (row < 0) continue;
    gradient[row]! += error;
    hessian[row * n]! += weight * score;
    hessian[row * n + 1]! += weight;
    hessian[row * n + row]! += weight;
  }
  return { value, gradient, hessian };
}

/** @param model its place among the models fitted on; −1 for one that joined later */
export function temperatureChance(
  { link, slope, offset, modelOffsets }: TemperatureCurve,
  model: number,
  score: number,
): number {
  return sigmoid(slope * linked(link, score) + offset + (modelOffsets?.[model] ?? 0));
}
