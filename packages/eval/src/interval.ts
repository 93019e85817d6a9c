import { RouteProfileError } from '@routeprofile/schema';
import { type BootstrapOptions, LEAST_ROWS, meanOf, percentileInterval, resampledMeans } from '@routeprofile/numerics';

export { LEAST_ROWS, meanEstimate, type OpenEstimate, ratioEstimate } from '@routeprofile/numerics';

/** A difference of two means and its percentile interval, in the unit of the series. */
export interface DifferenceInterval {
  /** Mean of a − b. */
  difference: number;
  /** Lower end; with `level` 0.95 the 2.5 % quantile of the resampled differences. */
  low: number;
  /** Upper end, likewise. */
  high: number;
}

/**
 * Percentile bootstrap over rows for several series of row-wise differences at once: all series share each resample, so the
 * draws are made once and rows stay paired across series too. (Efron and Tibshirani 1993, chapter 13.)
 *
 * @param series differences a − b. Shape [series] of [rows], all of one length, without NaN.
 * @param options seed, and `resamples` (default 2,000) and `level` (default 0.95)
 * @returns one interval per series; null with fewer than `LEAST_ROWS` rows
 * @throws RouteProfileError SHAPE_MISMATCH for series of different lengths
 */
export function pairedIntervals(
  series: readonly Float64Array[],
  options: BootstrapOptions,
): (DifferenceInterval | null)[] {
  const rows = series[0]?.length ?? 0;
  if (series.some((differences) => differences.length !== rows))
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      'paired intervals: series of different lengths cannot be resampled together',
    );
  if (rows < LEAST_ROWS) return series.map(() => null);
  const means = resampledMeans(series, options);
  return series.map((differences, s) => ({
    difference: meanOf(differences),
    ...percentileInterval(means[s]!, options),
  }));
}

/**
 * The interval of mean(a) − mean(b), rows paired: a percentile bootstrap (Efron and Tibshirani 1993, chapter 13), by default 95 %
 * over 2,000 resamples.
 * @param a shape [rows], such as the score of the model chosen; NaN, in both or neither, where a row does not count
 * @param b the same of the other policy
 * @returns null when fewer than `LEAST_ROWS` rows count
 * @throws RouteProfileError SHAPE_MISMATCH when lengths or counted rows differ
 */
export function pairedInterval(a: Float64Array, b: Float64Array, options: BootstrapOptions): DifferenceInterval | null {
  return pairedIntervals([pairedDifferences(a, b)], options)[0] ?? null;
}

/** a − b on the rows that count. */
export function pairedDifferences(a: Float64Array, b: Float64Array): Float64Array {
  if (a.length !== b.length || a.some((x, i) => Number.isNaN(x) !== Number.isNaN(b[i]!)))
    throw new RouteProfileError('SHAPE_MISMATCH', 'paired intervals: the two sides do not count the same rows');
  return a.map((x, i) => x - b[i]!).filter((d) => !Number.isNaN(d));
}
