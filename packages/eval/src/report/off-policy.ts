import {
  isLog,
  type Dataset,
  type Matrix,
  type OffPolicy,
  type OffPolicyPolicy,
  type OffPolicyVerdict,
} from '@routeprofile/schema';
import { LEAST_ROWS } from '../interval.js';
import { assumptionOf, offPolicyDifference, offPolicyValue, type OffPolicyValue } from '../off-policy/estimate.js';
import { fitOffPolicy } from '../off-policy/evidence.js';
import { logOfTable } from '../off-policy/table-log.js';

/** A policy to be judged by a log. Shape of `choices` [test rows]. */
export interface LoggedPolicy {
  name: string;
  seed: number | null;
  model?: string;
  choices: Int32Array;
}

/** Whether test rows have to be judged as a log: most have one model's outcome, and too few have every candidate's. */
export const isJudgedAsLog = ({ test }: Pick<Dataset, 'test'>, completeRows: number): boolean =>
  completeRows < LEAST_ROWS && isLog(test.values, test.models.length);

/**
 * What test rows that are a log say of each policy, and of its difference to best-single.
 * @param single always choosing the best single model of the training data; null without one
 * @param vectors shape [test rows × dimensions]: what the chances of the log are estimated from, where it does not state them
 * @returns undefined for test rows without an outcome
 */
export function offPolicySection(
  { test }: Pick<Dataset, 'test'>,
  policies: readonly LoggedPolicy[],
  single: Int32Array | null,
  vectors: Matrix | undefined,
  seed: number,
): OffPolicy | undefined {
  const table = logOfTable(test.values, test.models, vectors);
  if (!table) return undefined;
  const evidence = fitOffPolicy(table.log, { seed });
  const onLog = (choices: Int32Array) => ({ choices: table.rows.map((row) => choices[row]!) });
  const valued = policies.map(({ name, seed: own, model, choices }): OffPolicyPolicy => {
    const value = offPolicyValue(evidence, onLog(choices));
    const differs = single?.some((choice, q) => choice !== choices[q]) ?? false;
    return {
      name,
      seed: own,
      ...(model !== undefined && { model }),
      score: { dr: value.score.dr, snips: value.score.snips, ips: value.score.ips },
      costPer1k: value.cost && perThousand(value.cost.dr),
      difference: single && differs ? offPolicyDifference(evidence, onLog(choices), onLog(single)).score.dr : null,
      ...supportOf(value),
    };
  });
  return {
    rows: evidence.rows,
    assumes: assumptionOf(evidence),
    floor: evidence.floor,
    clipped: evidence.propensities.clipped,
    calibrationError: evidence.propensities.calibration?.calibrationError ?? null,
    rewardModel: evidence.rewardModel,
    policies: valued,
  };
}

const supportOf = ({ support }: OffPolicyValue) => ({
  effectiveRows: support?.effectiveRows ?? 0,
  matchedShare: support?.matchedShare ?? 0,
});

const perThousand = (verdict: OffPolicyVerdict): OffPolicyVerdict =>
  verdict.known
    ? { known: true, value: 1000 * verdict.value, low: 1000 * verdict.low, high: 1000 * verdict.high }
    : verdict;
