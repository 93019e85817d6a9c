import { RouteProfileError } from '@routeprofile/schema';
import type { OffPolicyEvidence } from './evidence.js';
import { policyChances, type TargetPolicy } from './logged-rows.js';

/** A query to be asked. */
export interface SuggestedQuery {
  /** Row of the log. */
  row: number;
  model: string;
  /** How likely the log was to have the answer, from 0 to 1. */
  propensity: number;
  /** Share of the variance that the log's gaps bring into the estimate, which this answer would remove. */
  varianceShare: number;
}

/** What to ask, and what counts as asked. */
export interface Suggestions {
  /** Answers to get, the most useful first. */
  ask: SuggestedQuery[];
  /**
   * Answers that would have been asked for but are in the log by luck. They have to be marked in `LoggedRows.asked` as well: otherwise
   * a lucky row would weigh more than one that was asked, and the estimate would be biased.
   */
  alreadyMeasured: SuggestedQuery[];
}

/** Rows of average spread that are added to each model's own. */
const PRIOR_ROWS = 5;

/**
 * Which answers, asked for on purpose, would narrow the interval most: those of the largest share² · (1 / propensity − 1) · spread of the
 * model about its expected score, which is the variance that the row's weight adds. Scores of the row itself play no part, so
 * that what is asked may be counted with propensity 1: mark it in `LoggedRows.asked`, and fit again.
 * @param count answers at most, a non-negative integer
 * @param against the policy that it is to be compared with; default: the value alone is wanted
 * @throws RouteProfileError BAD_OPTION for such a count; and as `policyChances`
 */
export function suggestQueries(
  evidence: OffPolicyEvidence,
  policy: TargetPolicy,
  count: number,
  against?: TargetPolicy,
): Suggestions {
  if (!(Number.isInteger(count) && count >= 0))
    throw new RouteProfileError('BAD_OPTION', `suggestQueries: count is ${count}, expected a non-negative integer`);
  const { models, rows, floor, propensities, score } = evidence;
  const width = models.length;
  const own = policyChances(policy, rows, width);
  const others = against && policyChances(against, rows, width);
  const spread = spreadByModel(evidence);
  const variance = own.map((chance, k) => {
    const share = chance - (others ? others[k]! : 0);
    return share ** 2 * (1 / Math.max(propensities.overlap[k]!, floor) - 1) * spread[k % width]!;
  });
  const total = variance.reduce((sum, each) => sum + each, 0);
  const order = Array.from(variance.keys())
    .filter((k) => variance[k]! > 0)
    .sort((a, b) => variance[b]! - variance[a]! || a - b);
  const [ask, alreadyMeasured]: [SuggestedQuery[], SuggestedQuery[]] = [[], []];
  for (const k of order) {
    if (ask.length === count) break;
    const query = {
      row: Math.floor(k / width),
      model: models[k % width]!,
      propensity: propensities.overlap[k]!,
      varianceShare: variance[k]! / total,
    };
    (Number.isNaN(score.measured[k]!) ? ask : alreadyMeasured).push(query);
  }
  return { ask, alreadyMeasured };
}

/** Mean squared distance of each model's scores from what was expected, drawn to that of all by 5 rows. */
function spreadByModel({ models, score }: OffPolicyEvidence): Float64Array {
  const width = models.length;
  const squares = new Float64Array(width);
  const counts = new Float64Array(width);
  score.measured.forEach((value, k) => {
    if (Number.isNaN(value)) return;
    squares[k % width]! += (value - score.expected[k]!) ** 2;
    counts[k % width]! += 1;
  });
  const all = squares.reduce((a, b) => a + b, 0) / counts.reduce((a, b) => a + b, 0);
  return squares.map((sum, m) => (sum + PRIOR_ROWS * all) / (counts[m]! + PRIOR_ROWS));
}
