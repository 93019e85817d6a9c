/** Groups of about equal size, as is usual. */
const BINS = 15;

/**
 * Expected calibration error with bins of equal mass: predictions sorted and cut into groups of nearly equal size, the distance
 * between mean prediction and mean outcome, weighted by group size. Equal predictions stay in one group, so that the order of
 * rows does not matter.
 * (Naeini et al. 2015; equal mass as in Nixon et al., arXiv 1904.01685.)
 *
 * @param probabilities in [0, 1], one a prediction
 * @param outcomes in [0, 1], aligned; soft outcomes count as they are
 * @param options `bins`: groups, default 15
 * @returns between 0 and 1; NaN without rows
 */
export function expectedCalibrationError(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  { bins = BINS }: { bins?: number } = {},
): number {
  const n = probabilities.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => probabilities[a]! - probabilities[b]!);
  let error = 0;
  let from = 0;
  for (let bin = 1; bin <= bins && from < n; bin++) {
    let to = Math.max(from + 1, Math.round((bin * n) / bins));
    while (to < n && probabilities[order[to]!] === probabilities[order[to - 1]!]) to++;
    let gap = 0;
    for (let i = from; i < to; i++) gap += probabilities[order[i]!]! - outcomes[order[i]!]!;
    error += Math.abs(gap);
    from = to;
  }
  return error / n;
}
