/**
 * What a sum of surprises stays below at all times at once, but for a chance of `error`: a one-sided normal-mixture boundary (Robbins 1970; Howard et al. 2021,
 * "Time-uniform, nonparametric, nonasymptotic confidence sequences", arXiv 1810.08240, equation 14)
 *
 *     √(2 (V + ρ) · ln(√((V + ρ) / ρ) / (2 · error) + 1)).
 *
 * So one may look after every observation, and act on the first look at which the sum is above it.
 * @param variance V ≥ 0: what the sum's terms have as variance proxies, added up. A term in an interval of length L whose mean was
 *   known to be at most 0 before it came has L² / 4 (Hoeffding); times w, w² L² / 4
 * @param tightest ρ > 0: the boundary is tightest, for its size, around sums of a few times this variance
 * @param error in (0, 1)
 */
export function timeUniformBound(variance: number, tightest: number, error: number): number {
  const all = variance + tightest;
  return Math.sqrt(2 * all * Math.log(Math.sqrt(all / tightest) / (2 * error) + 1));
}
