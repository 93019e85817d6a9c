import { createRandom, RouteProfileError } from '@routeprofile/schema';

export interface BootstrapOptions {
  /** A non-negative safe integer. */
  seed: number;
  /** Default 2,000. */
  resamples?: number;
  /** Share of the resamples inside the interval. Default 0.95. */
  level?: number;
}

export interface DifferenceInterval {
  /** Mean of a − b. */
  difference: number;
  low: number;
  high: number;
}

/** The q-quantile of sorted numbers, linear between neighbours (type 7 of Hyndman and Fan 1996). */
function quantile(sorted: Float64Array, q: number): number {
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)]!;
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at));
}

/**
 * Percentile bootstrap over rows for several series of row-wise differences at once: all series share each resample, so the
 * draws are made once and rows stay paired across series too. (Efron and Tibshirani 1993, chapter 13.)
 *
 * @param series differences a − b, one number a row, all of one length
 * @returns one interval a series; null when there are no rows
 */
export function pairedIntervals(
  series: readonly Float64Array[],
  options: BootstrapOptions,
): (DifferenceInterval | null)[] {
  const { seed, resamples = 2000, level = 0.95 } = options;
  const rows = series[0]?.length ?? 0;
  if (series.some((differences) => differences.length !== rows))
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      'paired intervals: series of different lengths cannot be resampled together',
    );
  if (rows === 0) return series.map(() => null);

  const random = createRandom(seed, 'bootstrap');
  const means = series.map(() => new Float64Array(resamples));
  const drawn = new Int32Array(rows);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < rows; i++) drawn[i] = random.int(rows);
    series.forEach((differences, s) => {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += differences[drawn[i]!]!;
      means[s]![r] = sum / rows;
    });
  }
  return series.map((differences, s) => {
    const sorted = means[s]!.sort();
    return {
      difference: differences.reduce((sum, d) => sum + d, 0) / rows,
      low: quantile(sorted, (1 - level) / 2),
      high: quantile(sorted, (1 + level) / 2),
    };
  });
}

/**
 * The interval of mean(a) − mean(b), rows paired.
 * @param a one number a row; NaN, in both or neither, where a row does not count
 * @returns null when no row counts
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
