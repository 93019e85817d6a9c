import { doublyRobust, inverseChance, supportOf, type Contrast, type Support } from './contrast.js';
import type { OffPolicyEvidence, Outcomes } from './evidence.js';
import { policyChances, type TargetPolicy } from './logged-rows.js';
import { intervalOf, obstacleOf, type Verdict } from './verdict.js';

/** By how much one policy is ahead of another. */
export interface Lead {
  /** Mean score of the first minus that of the second, doubly robust; each of `low` and `high` errs with the chance that was asked for. */
  difference: Verdict;
  /** Of the rows on which the two differ; null where they never do. */
  support: Support | null;
}

/** What is asked of a lead. */
export interface LeadOptions {
  /** Chance that the difference is below `low`, above 0 and below 0.5. */
  error: number;
  /** No verdict on fewer effective rows. Default 100. */
  leastEffectiveRows?: number;
}

/**
 * The doubly robust difference of two policies, with bounds for whoever acts on one side of it: `low` above 0 means that the first is
 * better, but for the chance of error.
 *
 * Intervals by the rows' own variance s² err too often here. Where failures are rare and weights are large, a log without its heavy failures
 * has a high mean and, for the same reason, a small s². So the bounds are value ± t · √(max(s², v) / rows) with Student's t as in
 * `offPolicyDifference`, and the `pooledVariance` v, which a lucky log does not shrink as much. They are never narrower than those intervals.
 * @throws RouteProfileError as `policyChances`
 */
export function offPolicyLead(
  evidence: OffPolicyEvidence,
  policy: TargetPolicy,
  other: TargetPolicy,
  { error, leastEffectiveRows }: LeadOptions,
): Lead {
  const others = policyChances(other, evidence.rows, evidence.models.length);
  const contrast = policyChances(policy, evidence.rows, evidence.models.length).map((own, k) => own - others[k]!);
  const support = contrast.some((share) => share !== 0) ? supportOf(evidence, contrast) : null;
  const obstacle = support ? obstacleOf(support, leastEffectiveRows) : undefined;
  if (obstacle) return { difference: { known: false, ...obstacle }, support };
  const robust = doublyRobust(evidence, evidence.score, contrast);
  const variance = pooledVariance(evidence, evidence.score, contrast, robust.value);
  return { difference: intervalOf(robust, 1 - 2 * error, variance), support };
}

/**
 * The variance of what a row adds to a doubly robust estimate, as it is when surprises (outcome − expected) do not depend on weights:
 * mean of (Σ_m share · expected − value)² + ρ² · mean of Σ w² with w = share / propensity, and ρ² the mean squared surprise over the
 * measurements that weigh. It follows from the conditional variance of the estimator (Dudík et al. 2014, arXiv 1503.02834, section 4) with one ρ²
 * for all rows: that a few answers of large weight turned out well does not make it small. Where surprises are larger on large weights, s² is larger.
 * @param value the estimate
 */
export function pooledVariance(
  evidence: OffPolicyEvidence,
  outcomes: Outcomes,
  contrast: Contrast,
  value: number,
): number {
  const { rows, models } = evidence;
  const expected = new Float64Array(rows);
  let [squares, surprises, weighing] = [0, 0, 0];
  contrast.forEach((share, k) => {
    if (share === 0) return;
    expected[Math.floor(k / models.length)]! += share * outcomes.expected[k]!;
    const weight = share * inverseChance(evidence, outcomes, k);
    if (weight === 0) return;
    squares += weight ** 2;
    surprises += (outcomes.measured[k]! - outcomes.expected[k]!) ** 2;
    weighing++;
  });
  const spread = expected.reduce((sum, own) => sum + (own - value) ** 2, 0) / rows;
  return weighing === 0 ? spread : spread + ((surprises / weighing) * squares) / rows;
}
