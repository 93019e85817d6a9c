/**
 * P(X ≥ k) for X binomial: the chance of k or more of n where each has chance p. Summed term by term from the k-th up, each from
 * the one before, so that small tails keep their digits.
 * @param k from 0 to n, whole
 * @param p from 0 to below 1
 */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (p <= 0) return 0;
  let log = k * Math.log(p) + (n - k) * Math.log1p(-p);
  for (let i = 1; i <= n - k; i++) log += Math.log((k + i) / i);
  let term = Math.exp(log);
  let sum = term;
  for (let i = k; i < n; i++) sum += term *= ((n - i) / (i + 1)) * (p / (1 - p));
  return Math.min(1, sum);
}
