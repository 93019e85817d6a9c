import { normalQuantile } from '@routeprofile/numerics';
import type { Influence, Support } from './contrast.js';

/** An estimate with its interval, or why there is none: then nothing here can be mistaken for a result. */
export type Verdict = KnownVerdict | UnknownVerdict;

export interface KnownVerdict {
  known: true;
  /** Score on the scale of the log's scores, or dollars per query. */
  value: number;
  low: number;
  high: number;
}

export type UnknownVerdict = { known: false } & Obstacle;

/** What stands in the way of a verdict, with the figure that says so and the one that it would have to reach. */
export type Obstacle =
  | { reason: 'small effective sample'; effectiveRows: number; least: number }
  /** The policy goes where the log did not: by propensities below the floor, or by weights whose mean is surely below 1. */
  | { reason: 'no overlap'; share: number; most: number }
  /** Weights whose mean is surely above 1: the chances in the log are not those by which it was made. */
  | { reason: 'propensities too small'; meanWeight: number; most: number }
  | { reason: 'cost not recorded'; rows: number };

/** No verdict on fewer effective rows. */
export const LEAST_EFFECTIVE_ROWS = 100;
/** No verdict where the log leaves out more of the policy's decisions. */
export const MOST_UNSUPPORTED = 0.05;

/** How often intervals hold what they estimate, where nobody says otherwise. */
export const LEVEL = 0.95;
const NORMAL_95 = 1.959963984540054;
/** Below this Student's t has no variance to speak of. */
const LEAST_DEGREES = 4;

/** @returns undefined where the log can say */
export function obstacleOf(
  support: Pick<Support, 'effectiveRows' | 'unsupportedShare' | 'meanWeight' | 'meanWeightError'>,
  least = LEAST_EFFECTIVE_ROWS,
): Obstacle | undefined {
  const { effectiveRows, unsupportedShare, meanWeight, meanWeightError } = support;
  if (effectiveRows < least) return { reason: 'small effective sample', effectiveRows, least };
  if (unsupportedShare > MOST_UNSUPPORTED)
    return { reason: 'no overlap', share: unsupportedShare, most: MOST_UNSUPPORTED };
  if (meanWeight + NORMAL_95 * meanWeightError < 1 - MOST_UNSUPPORTED)
    return { reason: 'no overlap', share: 1 - meanWeight, most: MOST_UNSUPPORTED };
  if (meanWeight - NORMAL_95 * meanWeightError > 1 + MOST_UNSUPPORTED)
    return { reason: 'propensities too small', meanWeight, most: 1 + MOST_UNSUPPORTED };
  return undefined;
}

/**
 * value ± t · s / √rows. Few large weights make s itself uncertain: t is Student's with the degrees of freedom at which a normal
 * sample's variance would be as uncertain, 2 rows / (kurtosis − 1). Equal rows of many give the normal 1.96.
 * @param level between 0 and 1: how often the interval is to hold what it estimates
 * @param leastVariance what s² is raised to, where something else tells that rows vary more
 */
export function intervalOf({ value, perRow }: Influence, level = LEVEL, leastVariance = 0): KnownVerdict {
  const rows = perRow.length;
  let [second, fourth] = [0, 0];
  for (const own of perRow) {
    const square = (own - value) ** 2;
    second += square / rows;
    fourth += (square * square) / rows;
  }
  const variance = Math.max(second, leastVariance);
  if (variance === 0) return { known: true, value, low: value, high: value };
  const excess = second === 0 ? 0 : fourth / (second * second) - 1;
  const degrees = excess > 0 ? Math.max(LEAST_DEGREES, (2 * rows) / excess) : Infinity;
  const half =
    studentQuantile(degrees, level === LEVEL ? NORMAL_95 : normalQuantile((1 + level) / 2)) *
    Math.sqrt(variance / Math.max(1, rows - 1));
  return { known: true, value, low: value - half, high: value + half };
}

/**
 * A quantile of Student's t (Abramowitz and Stegun 1964, 26.7.5): that of 97.5 % to 0.3 % from 4 degrees of freedom on, that of 99.95 % to
 * 5 % there and to 1 % from 8 on.
 * @param z the same quantile of the normal distribution
 */
export function studentQuantile(degrees: number, z = NORMAL_95): number {
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}

/**
 * value ± s √(2 ln(3/δ) / rows) + 3 · range · ln(3/δ) / rows with δ = 1 − level: the empirical Bernstein bound (Audibert, Munos and
 * Szepesvári 2009, "Exploration–exploitation tradeoff using variance estimates in multi-armed bandits", theorem 1, both sides). It holds
 * for any number of rows and any distribution within the range, and is wide.
 * @param range how far apart two of `perRow` can be
 */
export function bernsteinInterval(
  { value, perRow }: Influence,
  range: number,
  level = LEVEL,
): { low: number; high: number } {
  const rows = perRow.length;
  const log = Math.log(3 / (1 - level));
  const variance = perRow.reduce((sum, own) => sum + (own - value) ** 2, 0) / rows;
  const half = Math.sqrt((2 * variance * log) / rows) + (3 * range * log) / rows;
  return { low: value - half, high: value + half };
}
