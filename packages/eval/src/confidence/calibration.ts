import type { Calibration } from '@routeprofile/schema';
import { type BootstrapOptions, meanOf, percentileInterval, resample, RESAMPLES } from '@routeprofile/numerics';
import { areShares } from './risk-coverage.js';

const MOST_BINS = 10;
/** A bin of fewer tells nothing. */
const ROWS_A_BIN = 10;

/**
 * Are the probabilities right? Rows fall into at most 10 bins of at least 10 by rising probability, all about as
 * large, equal probabilities in the same one; ECE = Σ over bins of (share of the rows) × |mean probability − mean score| (Guo et al. 2017, arXiv 1706.04599, with bins
 * of equal mass); Brier = mean of (probability − score)². Bins stay as they are in the resamples. Few rows bias ECE upward:
 * `eceByChance` is what perfect probabilities would show, Σ √(2 Σ p(1−p) / π) / rows, each bin's sum taken as normal.
 *
 * @param probabilities of the choices being right, from 0 to 1
 * @param scores of the choices
 * @returns null without rows, and when a score is outside 0 to 1
 */
export function calibrationOf(
  probabilities: Float64Array,
  scores: Float64Array,
  bootstrap: BootstrapOptions,
): Calibration | null {
  const rows = scores.length;
  if (rows === 0 || !areShares(scores)) return null;
  const { bin, bins } = equalMassBins(probabilities, Math.max(1, Math.min(MOST_BINS, Math.floor(rows / ROWS_A_BIN))));
  const squares = probabilities.map((p, i) => (p - scores[i]!) ** 2);

  const sumsOver = (drawn: Iterable<number>) => {
    const sums = { rows: new Int32Array(bins), probability: new Float64Array(bins), score: new Float64Array(bins) };
    for (const row of drawn) {
      const b = bin[row]!;
      sums.rows[b]! += 1;
      sums.probability[b]! += probabilities[row]!;
      sums.score[b]! += scores[row]!;
    }
    return sums;
  };
  const errorOf = ({ probability, score }: ReturnType<typeof sumsOver>) =>
    probability.reduce((sum, p, b) => sum + Math.abs(p - score[b]!), 0) / rows;

  const { resamples = RESAMPLES } = bootstrap;
  const errors = new Float64Array(resamples);
  const briers = new Float64Array(resamples);
  const meanScores = Array.from({ length: bins }, () => new Float64Array(resamples));
  resample(rows, bootstrap, (drawn, r) => {
    const sums = sumsOver(drawn);
    errors[r] = errorOf(sums);
    briers[r] = drawn.reduce((sum, row) => sum + squares[row]!, 0) / rows;
    meanScores.forEach((means, b) => (means[r] = sums.score[b]! / sums.rows[b]!));
  });

  const found = sumsOver(bin.keys());
  const spread = new Float64Array(bins);
  probabilities.forEach((p, row) => (spread[bin[row]!]! += p * (1 - p)));
  return {
    bins: meanScores.map((means, b) => {
      const own = probabilities.filter((_, row) => bin[row] === b);
      return {
        from: Math.min(...own),
        to: Math.max(...own),
        rows: own.length,
        meanProbability: found.probability[b]! / own.length,
        // A resample may hold no row of the bin, and then says nothing of it.
        meanScore: {
          value: found.score[b]! / own.length,
          ...percentileInterval(
            means.filter((x) => !Number.isNaN(x)),
            bootstrap,
          ),
        },
      };
    }),
    ece: { value: errorOf(found), ...percentileInterval(errors, bootstrap) },
    eceByChance: spread.reduce((sum, s) => sum + Math.sqrt((2 * s) / Math.PI), 0) / rows,
    brier: { value: meanOf(squares), ...percentileInterval(briers, bootstrap) },
    meanProbability: meanOf(probabilities),
    meanScore: meanOf(scores),
  };
}

/** The bin of each row, by rising value; a bin is closed once it holds its share of the rows, and equal values are never parted. */
export function equalMassBins(values: Float64Array, most: number): { bin: Int32Array; bins: number } {
  const order = Int32Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
  const bin = new Int32Array(values.length);
  let current = 0;
  let closesAt = values.length / most;
  order.forEach((row, i) => {
    const before = order[i - 1];
    if (before !== undefined && i >= closesAt && values[row] !== values[before]) {
      current++;
      closesAt = (Math.floor((i * most) / values.length) + 1) * (values.length / most);
    }
    bin[row] = current;
  });
  return { bin, bins: values.length === 0 ? 0 : current + 1 };
}
