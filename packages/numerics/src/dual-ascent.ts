/** Times what is due that one cost counts as at most: costs have long tails, and one answer must not turn all that follow. */
const MOST_SHARES = 10;

/**
 * One step of dual ascent on the cost weight λ, after something was paid: λ ← max(0, λ + η · min((c − b) / b, 10)). λ rises while
 * more is spent than is due, and falls while less is. The idea, a budget paced by the dual of its constraint: arXiv 2509.02718.
 * @param lambda λ before, at least 0
 * @param rate η, in units of λ
 * @param spent c, dollars that were paid
 * @param due b, dollars that may be paid each time; where nothing is left λ stays, as no price makes up for it
 */
export function dualAscent(lambda: number, rate: number, spent: number, due: number): number {
  if (!(due > 0)) return lambda;
  return Math.max(0, lambda + rate * Math.min((spent - due) / due, MOST_SHARES));
}
