import { offPolicyLead, type KnownVerdict, type Verdict } from '@routeprofile/eval';
import { missingOf, moreJudgedFor, NOTHING_EXPLORED } from '../traffic/conclusion.js';
import { policyOf, type TrafficEvidence, type TrafficSummary } from '../traffic/evidence.js';

/** What the judging decisions say of a candidate and the incumbent. */
export interface Judged {
  /** Reward of the candidate minus that of the incumbent; `low` is a lower bound with chance of error `alpha`. */
  difference: Verdict;
  /** Judged decisions on which the two differ, as rows of equal weight. */
  effectiveRows: number;
  /** Share of decisions on which the two differ. */
  differing: number;
}

/**
 * A candidate against the incumbent on decisions that neither learned from: the doubly robust difference, paired by decision. Both choose
 * without exploring, so that an incumbent does not lose for what its exploration costs.
 * @param alpha chance of error of the lower bound
 */
export function judgeCandidate(
  traffic: TrafficEvidence,
  candidate: readonly string[],
  incumbent: readonly string[],
  { alpha, minEss }: { alpha: number; minEss: number },
): Judged {
  const differing = candidate.filter((model, row) => model !== incumbent[row]).length / candidate.length;
  const { difference, support } = offPolicyLead(
    traffic.evidence,
    policyOf(traffic, candidate),
    policyOf(traffic, incumbent),
    { error: alpha, leastEffectiveRows: minEss },
  );
  return { difference, effectiveRows: support?.effectiveRows ?? 0, differing };
}

/** Whether a candidate may take the incumbent's place. */
export const isPromoted = ({ difference, differing }: Judged): boolean =>
  differing > 0 && difference.known && difference.low > 0;

/** Rows until a bound of this width leaves out 0, if the estimate stays: error shrinks with the root of the rows. */
const rowsNeeded = ({ value, low }: KnownVerdict, rows: number): number | null =>
  value > 0 ? Math.ceil(rows * ((value - low) / value) ** 2) : null;

/**
 * Why a candidate was not promoted, and what it would take.
 * @param summary of the decisions that judged
 * @param judgingShare of all judged decisions
 */
export function whyNot(
  { difference, differing }: Judged,
  summary: Pick<TrafficSummary, 'decisions' | 'judged' | 'explored'>,
  judgingShare: number,
): { why: string; moreJudged: number | null } {
  if (differing === 0)
    return { why: 'The candidate decides as the incumbent does on every decision of the log.', moreJudged: null };
  if (!difference.known) {
    const more = moreJudgedFor(difference, summary.judged);
    return {
      why: missingOf(difference, summary, []),
      moreJudged: more === null ? null : Math.ceil(more / judgingShare),
    };
  }
  const { value, low } = difference;
  const needed = rowsNeeded(difference, summary.judged);
  const estimate = `The estimated difference is ${signed(value)} per query, and its lower bound ${signed(low)}`;
  if (needed === null) return { why: `${estimate}: there is no sign that the candidate is better.`, moreJudged: null };
  const more = Math.max(1, Math.ceil((needed - summary.judged) / judgingShare));
  return { why: `${estimate}: too little to tell it from 0.`, moreJudged: more };
}

/** What cannot be told whatever the candidate is; undefined where it might. */
export function hopeless(
  { explored, judged }: Pick<TrafficSummary, 'explored' | 'judged'>,
  minEss: number,
  judgingShare: number,
): { why: string; moreJudged: number | null } | undefined {
  if (explored === 0)
    return {
      why: NOTHING_EXPLORED,
      moreJudged: null,
    };
  if (judged >= minEss) return undefined;
  return {
    why: `Only ${judged} judged decisions are there to judge by, and at least ${minEss} are needed.`,
    moreJudged: Math.ceil((minEss - judged) / judgingShare),
  };
}

const signed = (x: number): string => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(4)}`;
