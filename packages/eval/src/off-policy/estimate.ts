import {
  doublyRobust,
  ips,
  rowWeights,
  snips,
  supportOf,
  type Contrast,
  type Estimator,
  type Influence,
  type Support,
} from './contrast.js';
import type { OffPolicyEvidence, Outcomes } from './evidence.js';
import { policyChances, type TargetPolicy } from './logged-rows.js';
import type { PropensityCalibration } from './propensities.js';
import { intervalOf, obstacleOf, type Obstacle, type Verdict } from './verdict.js';

/** What the estimates are worth nothing without. */
export type Assumption = 'logged propensities' | 'estimated propensities: no unseen confounder';

/** What estimates from this evidence take for granted. */
export const assumptionOf = ({ propensities }: Pick<OffPolicyEvidence, 'propensities'>): Assumption =>
  propensities.source === 'logged' ? 'logged propensities' : 'estimated propensities: no unseen confounder';

/** How the propensities came about. */
export interface PropensityNote {
  /** Propensities below it count as none; estimates are raised to it. */
  floor: number;
  /** Rows whose logged choice had an estimate below the floor. */
  clipped: number;
  /** null where propensities were logged. */
  calibration: PropensityCalibration | null;
}

/** One verdict per estimator. `dr` is the one to read; that the three agree is a good sign. */
export type Verdicts = Record<Estimator, Verdict>;

/** What a log says of a policy. Plain data: it can go into a report as it is. */
export interface OffPolicyValue {
  assumes: Assumption;
  /** The intervals are of the mean over all queries such as these were drawn from, so they hold that over these very rows too. */
  covers: 'queries like those of the log';
  level: 0.95;
  /** Rows of the log. */
  rows: number;
  propensities: PropensityNote;
  rewardModel: string;
  /** null for the difference of two policies that never differ. */
  support: Support | null;
  /** Mean score. */
  score: Verdicts;
  /** Mean dollars per query; null where the log has no costs. */
  cost: Verdicts | null;
}

/**
 * The mean score and cost that a policy would have had: by inverse propensities, self-normalised, and doubly robust, with 95 %
 * intervals; no verdict where fewer than 100 effective rows or too little overlap speak for it.
 * @param evidence of `fitOffPolicy`
 * @param policy decisions for the same rows, made without their outcomes
 * @throws RouteProfileError as `policyChances`
 */
export function offPolicyValue(evidence: OffPolicyEvidence, policy: TargetPolicy): OffPolicyValue {
  const chances = policyChances(policy, evidence.rows, evidence.models.length);
  return resultOf(evidence, chances, chances, undefined);
}

/**
 * The difference of two policies on the same rows, first − second, with paired intervals: of the rows' own differences. What both
 * would have done alike cancels; support is that of the rows on which they differ.
 * @throws RouteProfileError as `policyChances`
 */
export function offPolicyDifference(
  evidence: OffPolicyEvidence,
  policy: TargetPolicy,
  other: TargetPolicy,
): OffPolicyValue {
  const own = policyChances(policy, evidence.rows, evidence.models.length);
  const others = policyChances(other, evidence.rows, evidence.models.length);
  return resultOf(
    evidence,
    own.map((chance, k) => chance - others[k]!),
    own,
    others,
  );
}

/** @param contrast what is estimated; `own`, and `others` if it is a difference, are the chances that it is made of */
function resultOf(
  evidence: OffPolicyEvidence,
  contrast: Contrast,
  own: Float64Array,
  others: Float64Array | undefined,
): OffPolicyValue {
  const { rows, floor, propensities, rewardModel, score, cost } = evidence;
  const support = contrast.some((share) => share !== 0) ? supportOf(evidence, contrast) : null;
  const obstacle = support ? obstacleOf(support) : undefined;
  const verdicts = (outcomes: Outcomes, further?: Obstacle): Verdicts => {
    const found = obstacle ?? further;
    if (found)
      return { ips: { known: false, ...found }, snips: { known: false, ...found }, dr: { known: false, ...found } };
    return {
      ips: intervalOf(ips(evidence, outcomes, contrast)),
      snips: intervalOf(
        others
          ? minus(snips(evidence, outcomes, own), snips(evidence, outcomes, others))
          : snips(evidence, outcomes, own),
      ),
      dr: intervalOf(doublyRobust(evidence, outcomes, contrast)),
    };
  };
  return {
    assumes: assumptionOf(evidence),
    covers: 'queries like those of the log',
    level: 0.95,
    rows,
    propensities: { floor, clipped: propensities.clipped, calibration: propensities.calibration },
    rewardModel,
    support,
    score: verdicts(score),
    cost: cost && verdicts(cost, unpriced(evidence, cost, own, others)),
  };
}

const minus = (a: Influence, b: Influence): Influence => ({
  value: a.value - b.value,
  perRow: a.perRow.map((x, row) => x - b.perRow[row]!),
});

/** A cost that is missing where it would weigh cannot be made up for. */
function unpriced(
  evidence: OffPolicyEvidence,
  { measured }: Outcomes,
  own: Float64Array,
  others: Float64Array | undefined,
): Obstacle | undefined {
  const missing = (chances: Float64Array) =>
    chances.map((chance, k) => (evidence.counted[k] && Number.isNaN(measured[k]!) ? chance : 0));
  const either = missing(own);
  if (others) missing(others).forEach((chance, k) => (either[k]! += chance));
  const rows = rowWeights(evidence, either).filter((weight) => weight > 0).length;
  return rows > 0 ? { reason: 'cost not recorded', rows } : undefined;
}
