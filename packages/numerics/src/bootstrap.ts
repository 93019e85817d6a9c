import { createRandom } from '@routeprofile/schema';

/** How intervals are drawn. Equal options over equal rows draw the same resamples. */
export interface BootstrapOptions {
  /** A non-negative safe integer. */
  seed: number;
  /** Default 2,000. */
  resamples?: number;
  /** Share of the resamples inside the interval. Default 0.95. */
  level?: number;
}

/** How many resamples are drawn unless an option says otherwise. */
export const RESAMPLES = 2000;
const LEVEL = 0.95;

/**
 * Draws rows with replacement, over and over. The draws depend on the seed and the number of rows alone, so that whatever is
 * computed from the same rows under one seed stays paired.
 * @param visit is given the drawn rows, in a buffer that is used again, and the number of the resample
 */
export function resample(
  rows: number,
  { seed, resamples = RESAMPLES }: BootstrapOptions,
  visit: (drawn: Int32Array, resample: number) => void,
): void {
  const random = createRandom(seed, 'bootstrap');
  const drawn = new Int32Array(rows);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < rows; i++) drawn[i] = random.int(rows);
    visit(drawn, r);
  }
}

/**
 * Means of several series of numbers, one a row each, in every resample; all series share the draws.
 * @param series of one length, at least 1
 * @returns one array per series, with one mean per resample
 */
export function resampledMeans(series: readonly Float64Array[], options: BootstrapOptions): Float64Array[] {
  const rows = series[0]?.length ?? 0;
  const width = series.length;
  const means = series.map(() => new Float64Array(options.resamples ?? RESAMPLES));
  if (rows === 0) return means;
  // Row by row, so that one draw reads one stretch of memory.
  const table = new Float64Array(rows * width);
  series.forEach((values, s) => values.forEach((value, i) => (table[i * width + s] = value)));
  const sums = new Float64Array(width);
  resample(rows, options, (drawn, r) => {
    sums.fill(0);
    for (let i = 0; i < rows; i++) {
      const at = drawn[i]! * width;
      for (let s = 0; s < width; s++) sums[s]! += table[at + s]!;
    }
    for (let s = 0; s < width; s++) means[s]![r] = sums[s]! / rows;
  });
  return means;
}

/**
 * The q-quantile, linear between neighbours (type 7 of Hyndman and Fan 1996).
 * @param sorted shape [n], ascending, at least one number
 * @param q from 0 to 1
 */
export function quantile(sorted: Float64Array, q: number): number {
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  // Equal ends first: two infinities have no difference.
  return low === high ? low : low + (high - low) * (at - Math.floor(at));
}

/**
 * Percentile interval (Efron and Tibshirani 1993, chapter 13).
 * @param statistics one per resample; they are sorted in place
 */
export function percentileInterval(
  statistics: Float64Array,
  { level = LEVEL }: Pick<BootstrapOptions, 'level'> = {},
): { low: number; high: number } {
  statistics.sort();
  return { low: quantile(statistics, (1 - level) / 2), high: quantile(statistics, (1 + level) / 2) };
}

/** Mean of the numbers; NaN of none. */
export const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
