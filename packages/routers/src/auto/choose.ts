import { estimate, type Estimate } from '../common/stacking-stage.js';

/** A way to route, and what it was worth on each judged query. */
export interface Candidate {
  name: string;
  worths: Float64Array;
}

/** A line of the cross-validation table. */
interface Comparison {
  name: string;
  worth: Estimate;
  /** Paired, query by query. */
  overBestSingle: Estimate;
}

export interface Choice {
  /** Index of the candidate. */
  chosen: number;
  /** One sentence. */
  why: string;
  table: Comparison[];
  /** The choosing itself, cross-validated: chosen on the other folds, judged on the fold, against best-single. */
  choosing: Estimate;
  /** For each fold the index of the candidate that the other folds speak for; `chosen` for all where that is best-single. */
  chosenWithout: ReadonlyMap<number, number>;
}

/**
 * The one-standard-error rule. The candidate with the best mean worth is considered only if it beats best-single, the first, by
 * more than one standard error of the paired difference; of those that do, and that are within one standard error of it, the
 * first is taken: candidates come simplest first.
 *
 * The best of many looks better than it is. So the same rule is applied to all folds but one, and what it takes there is
 * judged on that fold: unless this beats best-single by more than one standard error too, it stays with best-single.
 *
 * @param candidates best-single first, then from simple to elaborate
 * @param folds fold of each judged query
 */
export function chooseCandidate(candidates: readonly Candidate[], folds: Int32Array): Choice {
  const worths = candidates.map((candidate) => candidate.worths);
  const table = candidates.map(({ name, worths: own }) => ({
    name,
    worth: estimate(own),
    overBestSingle: estimate(minus(own, worths[0]!)),
  }));
  const best = byOneError(worths);
  const withoutFold = chosenWithoutFold(worths, folds);
  const choosing = estimate(
    Float64Array.from(folds, (fold, i) => worths[withoutFold.get(fold)!]![i]! - worths[0]![i]!),
  );
  const constant = { chosen: 0, table, choosing, chosenWithout: new Map([...withoutFold.keys()].map((f) => [f, 0])) };
  if (best === 0) return { ...constant, why: 'nothing beats best-single by more than one standard error' };
  if (!(choosing.mean > choosing.standardError)) {
    const why = `${table[best]!.name} looks better than best-single in cross-validation, but choosing a router that way does not beat best-single on held-out folds`;
    return { ...constant, why };
  }
  const why = `${table[best]!.name} beats best-single on held-out queries`;
  return { chosen: best, why, table, choosing, chosenWithout: withoutFold };
}

const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value - b[i]!);

/** Index of what the rule takes; 0 is best-single. */
function byOneError(worths: readonly Float64Array[]): number {
  const ahead = worths.map((own) => estimate(minus(own, worths[0]!)));
  const beats = ahead.map(({ mean, standardError }) => mean > standardError);
  const best = ahead.reduce((top, { mean }, c) => (mean > ahead[top]!.mean ? c : top), 0);
  if (!beats[best]) return 0;
  return worths.findIndex((own, c) => {
    const behind = estimate(minus(worths[best]!, own));
    return c === best || (beats[c] && behind.mean <= behind.standardError);
  });
}

/** What the rule takes on all folds but one, for each fold. */
const chosenWithoutFold = (worths: readonly Float64Array[], folds: Int32Array): Map<number, number> =>
  new Map(
    [...new Set(folds)].map((fold) => [fold, byOneError(worths.map((own) => own.filter((_, i) => folds[i] !== fold)))]),
  );
