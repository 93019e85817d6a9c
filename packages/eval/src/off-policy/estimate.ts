import {
  doublyRobust,
  inverseChance,
  ips,
  logged,
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
import {
  bernsteinInterval,
  intervalOf,
  LEVEL,
  obstacleOf,
  type KnownVerdict,
  type Obstacle,
  type Verdict,
} from './verdict.js';

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
  /** How often the intervals hold what they estimate. */
  level: number;
  /** Rows of the log. */
  rows: number;
  propensities: PropensityNote;
  rewardModel: string;
  /** null for the difference of two policies that never differ. */
  support: Support | null;
  /** Mean score. */
  score: Verdicts;
  /**
   * A second interval of the doubly robust mean score, which holds however the rows are distributed: `bernsteinInterval` with twice the
   * span of the scores times the largest weight that the log gave. null where there is no verdict.
   */
  bernstein: { low: number; high: number } | null;
  /** Mean dollars per query; null where the log has no costs. */
  cost: Verdicts | null;
}

/** What is asked of an estimate. */
export interface EstimateOptions {
  /** How often intervals are to hold what they estimate, above 0 and below 1. Default 0.95. */
  level?: number;
  /** No verdict on fewer effective rows. Default 100. */
  leastEffectiveRows?: number;
}

/**
 * The mean score and cost that a policy would have had: by inverse propensities, self-normalised, and doubly robust, with their
 * intervals; no verdict where too few effective rows or too little overlap speak for it.
 * @param evidence of `fitOffPolicy`
 * @param policy decisions for the same rows, made without their outcomes
 * @throws RouteProfileError as `policyChances`
 */
export function offPolicyValue(
  evidence: OffPolicyEvidence,
  policy: TargetPolicy,
  options: EstimateOptions = {},
): OffPolicyValue {
  const chances = policyChances(policy, evidence.rows, evidence.models.length);
  return resultOf(evidence, chances, chances, undefined, options);
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
  options: EstimateOptions = {},
): OffPolicyValue {
  const own = policyChances(policy, evidence.rows, evidence.models.length);
  const others = policyChances(other, evidence.rows, evidence.models.length);
  return resultOf(
    evidence,
    own.map((chance, k) => chance - others[k]!),
    own,
    others,
    options,
  );
}

/** What the log's own policy got: no weights are needed, so that there is always a verdict on its score. */
export interface LoggedValue {
  /** Mean score per query. */
  score: KnownVerdict;
  /** Mean dollars per query; null where the cost of some answer is not known. */
  cost: KnownVerdict | null;
}

/** @param level how often the intervals are to hold what they estimate */
export function loggedValue(
  evidence: OffPolicyEvidence,
  { level = LEVEL }: Pick<EstimateOptions, 'level'> = {},
): LoggedValue {
  const { score, cost } = evidence;
  return {
    score: intervalOf(logged(evidence, score), level),
    cost: cost && isPriced(evidence, cost) ? intervalOf(logged(evidence, cost), level) : null,
  };
}

const isPriced = ({ chosen, models }: OffPolicyEvidence, { measured }: Outcomes): boolean =>
  chosen.every((model, row) => !Number.isNaN(measured[row * models.length + model]!));

/**
 * The mean score of a policy minus that of the log's own, doubly robust, with the interval of the rows' own differences. What the policy
 * would have done as the log did cancels but for the weights.
 * @throws RouteProfileError as `policyChances`
 */
export function offPolicyGain(
  evidence: OffPolicyEvidence,
  policy: TargetPolicy,
  { level = LEVEL, leastEffectiveRows }: EstimateOptions = {},
): Verdict {
  const chances = policyChances(policy, evidence.rows, evidence.models.length);
  const obstacle = obstacleOf(supportOf(evidence, chances), leastEffectiveRows);
  if (obstacle) return { known: false, ...obstacle };
  const { score } = evidence;
  return intervalOf(minus(doublyRobust(evidence, score, chances), logged(evidence, score)), level);
}

/** @param contrast what is estimated; `own`, and `others` if it is a difference, are the chances that it is made of */
function resultOf(
  evidence: OffPolicyEvidence,
  contrast: Contrast,
  own: Float64Array,
  others: Float64Array | undefined,
  { level = LEVEL, leastEffectiveRows }: EstimateOptions,
): OffPolicyValue {
  const { rows, floor, propensities, rewardModel, score, cost } = evidence;
  const support = contrast.some((share) => share !== 0) ? supportOf(evidence, contrast) : null;
  const obstacle = support ? obstacleOf(support, leastEffectiveRows) : undefined;
  const robust = doublyRobust(evidence, score, contrast);
  const verdicts = (outcomes: Outcomes, further?: Obstacle): Verdicts => {
    const found = obstacle ?? further;
    if (found)
      return { ips: { known: false, ...found }, snips: { known: false, ...found }, dr: { known: false, ...found } };
    return {
      ips: intervalOf(ips(evidence, outcomes, contrast), level),
      snips: intervalOf(
        others
          ? minus(snips(evidence, outcomes, own), snips(evidence, outcomes, others))
          : snips(evidence, outcomes, own),
        level,
      ),
      dr: intervalOf(outcomes === score ? robust : doublyRobust(evidence, outcomes, contrast), level),
    };
  };
  return {
    assumes: assumptionOf(evidence),
    covers: 'queries like those of the log',
    level,
    rows,
    propensities: { floor, clipped: propensities.clipped, calibration: propensities.calibration },
    rewardModel,
    support,
    score: verdicts(score),
    bernstein: obstacle ? null : bernsteinInterval(robust, 2 * spanOf(score) * largestWeight(evidence), level),
    cost: cost && verdicts(cost, unpriced(evidence, cost, own, others)),
  };
}

const minus = (a: Influence, b: Influence): Influence => ({
  value: a.value - b.value,
  perRow: a.perRow.map((x, row) => x - b.perRow[row]!),
});

/** How far apart scores lie, measured or expected. */
function spanOf({ measured, expected }: Outcomes): number {
  let [least, most] = [Infinity, -Infinity];
  for (const scores of [measured, expected])
    for (const score of scores) {
      if (score < least) least = score;
      if (score > most) most = score;
    }
  return most - least;
}

/** The largest weight that some measurement of the log can have, whoever is judged. */
const largestWeight = (evidence: OffPolicyEvidence): number =>
  evidence.counted.reduce((most, _, k) => Math.max(most, inverseChance(evidence, evidence.score, k)), 0);

/** A cost that is missing where it would weigh cannot be made up for. */
function unpriced(
  { counted, models }: OffPolicyEvidence,
  { measured }: Outcomes,
  own: Float64Array,
  others: Float64Array | undefined,
): Obstacle | undefined {
  const rows = new Set<number>();
  own.forEach((chance, k) => {
    const weighs = chance !== 0 || (others !== undefined && others[k] !== 0);
    if (weighs && counted[k] && Number.isNaN(measured[k]!)) rows.add(Math.floor(k / models.length));
  });
  return rows.size > 0 ? { reason: 'cost not recorded', rows: rows.size } : undefined;
}
