/** A test of a candidate against the incumbent. */
export interface Look {
  /** Version of the incumbent. */
  incumbent: number;
  /** The chance of error that it was allowed. */
  alpha: number;
}

/** Less is what rounding leaves. */
const NOTHING = 1e-9;

/**
 * The chance of error of the next test. All tests against one incumbent together stay below `total`, for chances of error add up
 * (Bonferroni): test k of any number gets total / (k (k + 1)), whose sum is total; of a planned number, each gets the same part.
 * @param before tests so far, of all incumbents
 * @param incumbent whom the next test is against
 * @param total chance that a candidate which is not better is ever promoted
 * @param planned tests at most; default any number
 * @returns 0 where nothing is left
 */
export function nextAlpha(before: readonly Look[], incumbent: number, total: number, planned?: number): number {
  const own = before.filter((look) => look.incumbent === incumbent);
  const left = total - own.reduce((sum, { alpha }) => sum + alpha, 0);
  const k = own.length + 1;
  const alpha = Math.min(planned === undefined ? total / (k * (k + 1)) : total / planned, left);
  return alpha > NOTHING ? alpha : 0;
}
