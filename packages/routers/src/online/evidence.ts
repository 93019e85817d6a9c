import { timeUniformBound } from '@routeprofile/numerics';
import { rowOf } from '@routeprofile/schema';
import type { Judged } from './window.js';

/** How far the fitted router is off with a model, as far as that is beyond doubt; 0 where it may be right. @param chance that the router gives it for the query */
export type Proven = (model: number, chance: number) => number;

/**
 * What judged answers say of a query beyond doubt: for each scale (all queries, and those like this one) one `Proven` per hypothesis
 * about what is told.
 */
export type Evidence = (point: Float32Array | null) => readonly (readonly Proven[])[];

/** Of one model's answers, each weighed by how alike the queries are. */
interface Sums {
  weight: number;
  /** Of the weights. */
  squares: number;
  rewards: number;
  /** Chances by the fitted router, of the answers that say theirs. */
  expected: number;
  /** Weight of the answers that do not. */
  unsaid: number;
}

/** An answer weighs exp(−|φ − φ'|² / 2w), for unit vectors exp((cosine − 1) / w), of one to the very same query; see the experiments page. */
const WIDTH = 0.3;
/** Variance of a reward in [0, 1] at most (Hoeffding). */
const VARIANCE = 1 / 4;
/** Where bounds are tightest: on some ten answers; on slopes half of one, as chances of one router lie close together. */
const TIGHTEST = { level: 2, slope: 0.5 };

/**
 * How far the router is off with each model: the mean of reward − u over its judged answers, moved towards 0 by a bound that holds at all times at once
 * (`timeUniformBound`). Sums of reward − u weighed by what is known beforehand are martingales where u is right, whoever chose the model and why, so no
 * weights by propensity are due.
 *
 * u is what would be told on average if nothing were wrong: v̄ + s (v − v̄), with v the router's chance and v̄ its mean over the judged answers. s = 1: scores that mean what
 * they say; s = 0: noise, right on average, in which every model looks worse than promised on easy queries and better on hard ones. s is known as far as all
 * judged answers say; what is proven must be so at both ends of what it may be.
 * @param confidence in (0, 1): a bound is wrong, at any time until the window is full, with chance 1 − confidence at most, for each model; for
 *   those like a query, for each query
 */
export function evidenceOf(judged: Judged, models: number, confidence: number): Evidence {
  const { points } = judged;
  const local = points !== null && points.cols > 1;
  const error = (1 - confidence) / (local ? 2 : 1);
  const { mean, slopes } = told(judged, error);
  const provenBy = (sums: readonly Sums[]): Proven[] =>
    slopes.map((slope) => (model, chance) => {
      const { weight, squares, rewards, expected, unsaid } = sums[model]!;
      if (weight === 0) return 0;
      const promised = (expected + unsaid * chance) / weight;
      const off = rewards / weight - (mean + slope * (promised - mean));
      const bound = timeUniformBound(VARIANCE * squares, TIGHTEST.level, error) / weight;
      return Math.sign(off) * Math.max(0, Math.abs(off) - bound);
    });
  const overall = provenBy(sumsOf(judged, models, () => 1));
  return (point) => {
    if (!local || !point) return [overall];
    const alike = (k: number) => Math.exp(-squaredDistance(rowOf(points, k), point) / (2 * WIDTH));
    return [overall, provenBy(sumsOf(judged, models, alike))];
  };
}

function sumsOf(judged: Judged, models: number, weightOf: (k: number) => number): Sums[] {
  const sums = Array.from({ length: models }, () => ({ weight: 0, squares: 0, rewards: 0, expected: 0, unsaid: 0 }));
  for (let k = 0; k < judged.count; k++) {
    const own = sums[judged.models[k]!]!;
    const weight = weightOf(k);
    const expected = judged.expected[k]!;
    own.weight += weight;
    own.squares += weight * weight;
    own.rewards += weight * judged.rewards[k]!;
    if (Number.isNaN(expected)) own.unsaid += weight;
    else own.expected += weight * expected;
  }
  return sums;
}

/** Mean chance of the judged answers, and the ends of what the slope of rewards over chances may be, within [0, 1]. */
function told({ expected, rewards }: Judged, error: number): { mean: number; slopes: number[] } {
  const said = [...expected.keys()].filter((k) => !Number.isNaN(expected[k]!));
  const mean = said.reduce((sum, k) => sum + expected[k]!, 0) / Math.max(1, said.length);
  const spread = said.reduce((sum, k) => sum + (expected[k]! - mean) ** 2, 0);
  if (spread === 0) return { mean, slopes: [1] };
  const along = said.reduce((sum, k) => sum + (expected[k]! - mean) * (rewards[k]! - mean), 0);
  const bound = timeUniformBound(VARIANCE * spread, TIGHTEST.slope, error);
  const [low, high] = [along - bound, along + bound].map((end) => Math.min(1, Math.max(0, end / spread)));
  return { mean, slopes: low === high ? [low!] : [low!, high!] };
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += (a[d]! - b[d]!) ** 2;
  return sum;
}
