import {
  type Dataset,
  type Matrix,
  type OffPolicy,
  type OffPolicyPolicy,
  type OffPolicyVerdict,
} from '@routeprofile/schema';
import type { PolicySeries } from '../frontier/policies.js';
import { ratioEstimate } from '../interval.js';
import { doublyRobust } from '../off-policy/contrast.js';
import { assumptionOf, offPolicyDifference, offPolicyValue, type OffPolicyValue } from '../off-policy/estimate.js';
import { fitOffPolicy, type OffPolicyEvidence } from '../off-policy/evidence.js';
import { policyChances } from '../off-policy/logged-rows.js';
import { answersNeeded, suggestFor } from '../off-policy/suggest.js';
import { LEAST_EFFECTIVE_ROWS } from '../off-policy/verdict.js';
import { logOfTable } from '../off-policy/table-log.js';

/** A policy to be judged by a log. Shape of `choices` [test rows]. */
export interface LoggedPolicy {
  name: string;
  seed: number | null;
  model?: string;
  choices: Int32Array;
}

/** Test rows that are a log, prepared once for all that is judged by them. */
export interface TestLog {
  evidence: OffPolicyEvidence;
  /** Choices on every test row → those on the rows of the log. */
  onLog: (choices: Int32Array) => { choices: Int32Array };
  /** Id of the query of a row of the log. */
  queryAt: (row: number) => string;
}

/**
 * @param vectors shape [test rows × dimensions]: what the chances of the log are estimated from, where it does not state them
 * @returns undefined for test rows without an outcome
 */
export function openTestLog(
  { test }: Pick<Dataset, 'test'>,
  vectors: Matrix | undefined,
  seed: number,
): TestLog | undefined {
  const table = logOfTable(test.values, test.models, seed, vectors);
  if (!table) return undefined;
  return {
    evidence: fitOffPolicy(table.log, { seed }),
    onLog: (choices) => ({ choices: table.rows.map((row) => choices[row]!) }),
    queryAt: (row) => test.queries[table.rows[row]!]!.id,
  };
}

/**
 * What choices would have cost and scored, row by row, by doubly robust estimates: their means are the estimates. Shape of both
 * [rows of the log].
 * @param choices on the rows of the log
 * @returns null where the log does not tell
 */
export function estimatedSeries(evidence: OffPolicyEvidence, choices: Int32Array): PolicySeries | null {
  const { score, cost } = offPolicyValue(evidence, { choices });
  if (!evidence.cost || !cost?.dr.known || !score.dr.known) return null;
  const chances = policyChances({ choices }, evidence.rows, evidence.models.length);
  const { low, high } = score.dr;
  return {
    cost: doublyRobust(evidence, evidence.cost, chances).perRow.map((dollars) => 1000 * dollars),
    quality: doublyRobust(evidence, evidence.score, chances).perRow,
    estimated: { cost: { low: 1000 * cost.dr.low, high: 1000 * cost.dr.high }, quality: { low, high } },
  };
}

/**
 * What test rows that are a log say of each policy, and of its difference to best-single.
 * @param single always choosing the best single model of the training data; null without one
 * @param suggest answers to suggest; without it some, where the log cannot judge a policy
 */
export function offPolicySection(
  { evidence, onLog, queryAt }: TestLog,
  policies: readonly LoggedPolicy[],
  single: Int32Array | null,
  { seed, suggest }: { seed: number; suggest?: number | undefined },
): OffPolicy {
  const theirs = single && estimatedSeries(evidence, onLog(single).choices);
  const valued = policies.map(({ name, seed: own, model, choices }): OffPolicyPolicy => {
    const value = offPolicyValue(evidence, onLog(choices));
    const differs = single?.some((choice, q) => choice !== choices[q]) ?? false;
    return {
      name,
      seed: own,
      ...(model !== undefined && { model }),
      score: { dr: value.score.dr, snips: value.score.snips, ips: value.score.ips },
      costPer1k: value.cost && perThousand(value.cost.dr),
      ...(differs && { costShare: costShareOf(estimatedSeries(evidence, onLog(choices).choices), theirs, seed) }),
      difference: single && differs ? offPolicyDifference(evidence, onLog(choices), onLog(single)).score.dr : null,
      ...supportOf(value),
    };
  });
  const suggestions = suggestionsOf(evidence, policies, valued, onLog, single, suggest);
  return {
    rows: evidence.rows,
    assumes: assumptionOf(evidence),
    floor: evidence.floor,
    clipped: evidence.propensities.clipped,
    calibrationError: evidence.propensities.calibration?.calibrationError ?? null,
    rewardModel: evidence.rewardModel,
    policies: valued,
    ...(suggestions && {
      suggestions: {
        ...suggestions,
        ask: suggestions.ask.map(({ row, ...gap }) => ({ query: queryAt(row), ...gap })),
        measured: suggestions.measured.map(({ row, model }) => ({ query: queryAt(row), model })),
      },
    }),
  };
}

const costShareOf = (own: PolicySeries | null, theirs: PolicySeries | null, seed: number) =>
  own && theirs && ratioEstimate(own.cost, theirs.cost, { seed });

/** Answers that are suggested where nobody said how many. */
const SUGGESTED = 20;

/** What no figure stands for, and more answers would change. */
const isGap = (verdict: OffPolicyVerdict | null): boolean =>
  verdict?.known === false && (verdict.reason === 'small effective sample' || verdict.reason === 'no overlap');

/** Answers for the routers, and the best single model, that the log cannot judge; for all routers where it can. */
function suggestionsOf(
  evidence: OffPolicyEvidence,
  policies: readonly LoggedPolicy[],
  valued: readonly OffPolicyPolicy[],
  onLog: (choices: Int32Array) => { choices: Int32Array },
  single: Int32Array | null,
  suggest: number | undefined,
) {
  const width = evidence.models.length;
  const chancesOf = (choices: Int32Array) => policyChances(onLog(choices), evidence.rows, width);
  const theirs = single && chancesOf(single);
  const targets = policies.flatMap(({ seed, name, choices }, i) => {
    if (seed === null && name !== 'best-single') return [];
    const { score, difference } = valued[i]!;
    const own = chancesOf(choices);
    // A difference on fewer rows than a verdict takes would have none, whatever was asked.
    const differing = single
      ? onLog(choices).choices.filter((model, row) => theirs![row * width + model] === 0).length
      : 0;
    const contrasts = [
      ...(isGap(score.dr) ? [own] : []),
      ...(isGap(difference) && differing >= LEAST_EFFECTIVE_ROWS ? [own.map((chance, k) => chance - theirs![k]!)] : []),
    ];
    return [{ policy: { name, seed }, own, contrasts }];
  });
  const unknown = targets.filter(({ contrasts }) => contrasts.length > 0);
  if (unknown.length === 0 && suggest === undefined) return undefined;
  const wanted = unknown.length > 0 ? unknown : targets.map((target) => ({ ...target, contrasts: [target.own] }));
  const contrasts = wanted.flatMap((target) => target.contrasts);
  const { ask, alreadyMeasured } = suggestFor(evidence, contrasts, suggest ?? SUGGESTED);
  return {
    policies: wanted.map(({ policy }) => policy),
    needed: unknown.length > 0 ? answersNeeded(evidence, contrasts) : 0,
    ask,
    measured: alreadyMeasured,
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
