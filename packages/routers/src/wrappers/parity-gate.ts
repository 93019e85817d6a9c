import { binomialTail } from '@routeprofile/numerics';
/** Where a surrogate may answer for its teacher. */
export interface ParityGate {
  /** Least confidence at which it may; null = nowhere: the target cannot be guaranteed. */
  threshold: number | null;
  /** Share of held-out rows at or above it. */
  coverage: number;
  /** Share of those that agree with the teacher. */
  agreement: number;
  /** With confidence 1 − δ agreement is above this; 0 without coverage. */
  bound: number;
}

/** Thresholds tried: 5 %, 10 % … of the held-out rows. */
const STEPS = 20;

/**
 * The largest share of held-out rows on which agreement above `alpha` is guaranteed with confidence 1 − `delta`, by the exact
 * binomial bound (Clopper and Pearson 1934). Each of the 20 thresholds is tested at δ / 20, so that picking the best of them
 * keeps the guarantee. It holds for queries drawn as the held-out rows were.
 * (The parity gate of TRACER, which routes to a surrogate only what it provably answers as its teacher would.)
 *
 * @param confidences one a held-out row; any scale
 * @param agrees whether the surrogate's answer is as good as the teacher's, one a held-out row
 * @param target `alpha` and `delta`, both in (0, 1)
 */
export function fitParityGate(
  confidences: ArrayLike<number>,
  agrees: ArrayLike<boolean>,
  { alpha, delta }: { alpha: number; delta: number },
): ParityGate {
  const n = confidences.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => confidences[b]! - confidences[a]!);
  let gate: ParityGate = { threshold: null, coverage: 0, agreement: 0, bound: 0 };
  let [rows, agreed] = [0, 0];
  for (let step = 1; step <= STEPS && n > 0; step++) {
    const threshold = confidences[order[Math.max(1, Math.ceil((step * n) / STEPS)) - 1]!]!;
    while (rows < n && confidences[order[rows]!]! >= threshold) agreed += agrees[order[rows++]!] ? 1 : 0;
    const bound = lowerBound(agreed, rows, delta / STEPS);
    if (bound >= alpha) gate = { threshold, coverage: rows / n, agreement: agreed / rows, bound };
  }
  return gate;
}

/** The p at which `successes` or more of `trials` have chance `delta`: with confidence 1 − delta the true share is above it. */
export function lowerBound(successes: number, trials: number, delta: number): number {
  if (successes === 0) return 0;
  let [low, high] = [0, successes / trials];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (binomialTail(successes, trials, middle) < delta) low = middle;
    else high = middle;
  }
  return low;
}
