import { meanOf, percentileInterval, resampledMeans, type BootstrapOptions } from './bootstrap.js';
import { normalQuantile } from './normal.js';

/** With fewer rows a bootstrap interval is narrower than what it should hold: none is given. */
export const LEAST_ROWS = 10;

/** A figure; null for ends that the rows do not allow. */
export interface OpenEstimate {
  value: number;
  low: number | null;
  high: number | null;
}

/**
 * The mean of a series, and the ratio of the means of two, paired, with their percentile intervals; no ends with fewer than
 * `LEAST_ROWS` rows.
 * @param series shape [rows], without NaN
 */
export function meanEstimate(series: Float64Array, options: BootstrapOptions): OpenEstimate {
  const value = meanOf(series);
  if (series.length < LEAST_ROWS) return { value, low: null, high: null };
  return { value, ...percentileInterval(resampledMeans([series], options)[0]!, options) };
}

/** mean(a) / mean(b), rows paired. @returns null where b is 0 on average, or so small that the ratio has no number */
export function ratioEstimate(a: Float64Array, b: Float64Array, options: BootstrapOptions): OpenEstimate | null {
  const whole = meanOf(b);
  if (!(whole > 0)) return null;
  const value = meanOf(a) / whole;
  if (!Number.isFinite(value)) return null;
  if (a.length < LEAST_ROWS) return { value, low: null, high: null };
  const [own, other] = resampledMeans([a, b], options);
  const ratios = own!.map((mean, r) => mean / other![r]!);
  return ratios.every(Number.isFinite)
    ? { value, ...percentileInterval(ratios, options) }
    : { value, low: null, high: null };
}

/**
 * Wilson's score interval for a share (Wilson 1927; Brown, Cai and DasGupta 2001): it holds what it should for few rows too, and has a
 * width where all rows agree. For the mean of scores from 0 to 1, which vary at most as much as a share does, it is wide enough.
 * @param mean from 0 to 1
 * @param rows how many it is the mean of, at least 1
 * @param level share of such intervals that hold the truth. Default 0.95.
 */
export function wilsonInterval(mean: number, rows: number, level = 0.95): { low: number; high: number } {
  const z = normalQuantile((1 + level) / 2);
  const weight = z ** 2 / rows;
  const centre = (mean + weight / 2) / (1 + weight);
  const half = (z / (1 + weight)) * Math.sqrt((mean * (1 - mean)) / rows + weight / (4 * rows));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
