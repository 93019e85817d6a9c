/**
 * Exact two-sided sign test of rows on which one side did better: McNemar's test where scores are 0 and 1. The probability,
 * were both equally good, of a split at least as uneven. Ties do not count.
 */
export function signTest(wins: number, losses: number): number {
  const n = wins + losses;
  const fewer = Math.min(wins, losses);
  // log C(n, k) − n log 2, from k = 0 on.
  let logTerm = -n * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= fewer; k++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((n - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
}
