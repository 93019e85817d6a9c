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
  const choosing = estimate(choosingOverBestSingle(worths, folds));
  if (best === 0)
    return { chosen: 0, why: 'nothing beats best-single by more than one standard error', table, choosing };
  if (!(choosing.mean > choosing.standardError)) {
    const why = `${table[best]!.name} looks better than best-single, but choosing by such looks does not beat it on held-out folds`;
    return { chosen: 0, why, table, choosing };
  }
  return { chosen: best, why: `${table[best]!.name} beats best-single on held-out queries`, table, choosing };
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

function choosingOverBestSingle(worths: readonly Float64Array[], folds: Int32Array): Float64Array {
  const out = new Float64Array(folds.length);
  for (const fold of new Set(folds)) {
    const chosen = byOneError(worths.map((own) => own.filter((_, i) => folds[i] !== fold)));
    folds.forEach((f, i) => {
      if (f === fold) out[i] = worths[chosen]![i]! - worths[0]![i]!;
    });
  }
  return out;
}
