import type { Verdict } from '@routeprofile/eval';
import { plural } from '@routeprofile/schema';
import type { TrafficSummary } from './evidence.js';

/** What may be said of a router on the strength of a log. */
export interface Conclusion {
  /** `better` and `worse` where the interval of the difference to the log's own choices leaves out 0. */
  verdict: 'better' | 'worse' | 'no difference shown' | 'cannot tell';
  /** Where the log cannot tell: what it lacks, and what to do. */
  missing?: string;
}

/** How a gateway is told to draw now and then. */
export const EXPLORE_HINT =
  'Switch on `explore` for the route, such as explore: { temperature: 0.05, within: 0.05 }: the gateway then draws among models that are about as good as the best, and writes the chances down.';

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/**
 * What stands in the way of a verdict, in words.
 * @param unreached models that the log does not reach, the most wanted first
 */
export function missingOf(
  verdict: Extract<Verdict, { known: false }>,
  { decisions, judged, explored }: Pick<TrafficSummary, 'decisions' | 'judged' | 'explored'>,
  unreached: readonly string[],
): string {
  if (explored === 0)
    return `This log cannot tell: nothing was explored. Every choice had the chance 1, so what another model would have got was never seen. ${EXPLORE_HINT}`;
  switch (verdict.reason) {
    case 'small effective sample': {
      const { effectiveRows, least } = verdict;
      const worth = `${judged} judged decisions are worth ${effectiveRows.toFixed(0)} for this router, and ${least} are needed.`;
      return effectiveRows < 1 ? `${worth} The log hardly ever chose as it would.` : worth;
    }
    case 'no overlap': {
      const where = unreached.length > 0 ? `, above all to ${unreached.slice(0, 3).join(', ')}` : '';
      const little = explored < decisions / 2 ? ` Only ${explored} of ${decisions} decisions were explored.` : '';
      return `It goes where the log did not on ${percent(verdict.share)} of its decisions${where} (at most ${percent(verdict.most)} may be unseen).${little} Explore more widely (a larger \`within\`), or longer.`;
    }
    case 'propensities too small':
      return `The chances in the log cannot be those of its choices: weights made of them are ${verdict.meanWeight.toFixed(2)} on average, not 1. Were decisions removed from it?`;
    case 'cost not recorded':
      return `${plural(verdict.rows, 'decision')} with its choice ${verdict.rows === 1 ? 'has' : 'have'} no cost.`;
  }
}

/** About how many more judged decisions a figure would take; null where more of the same would not do. */
export function moreJudgedFor(verdict: Verdict, judged: number): number | null {
  if (verdict.known || verdict.reason !== 'small effective sample' || verdict.effectiveRows < 1) return null;
  return Math.ceil(judged * (verdict.least / verdict.effectiveRows - 1));
}

export function conclusionOf(
  difference: Verdict,
  summary: Pick<TrafficSummary, 'decisions' | 'judged' | 'explored'>,
  unreached: readonly string[],
): Conclusion {
  // Without exploration weights are 1 wherever a router does as the log did: nothing tells them from good ones but this.
  if (!difference.known || summary.explored === 0) {
    const obstacle = difference.known
      ? ({ known: false, reason: 'no overlap', share: 1, most: 0 } as const)
      : difference;
    const more = summary.explored === 0 ? null : moreJudgedFor(obstacle, summary.judged);
    const rate = more === null ? '' : ` At this rate that takes about ${plural(more, 'more judged decision')}.`;
    return { verdict: 'cannot tell', missing: `${missingOf(obstacle, summary, unreached)}${rate}` };
  }
  if (difference.low > 0) return { verdict: 'better' };
  return { verdict: difference.high < 0 ? 'worse' : 'no difference shown' };
}
