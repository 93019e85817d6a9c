import { costPerUseful } from '@routeprofile/schema';
import type { DecisionRecord } from '../../contracts/record.js';
import type { Feedback, StateStore } from '../../contracts/store.js';
import type { FeedbackSettings } from '../../feedback/feedback-config.js';

/** Decisions whose feedback is looked up. */
const LOOKED_UP = 50;

/** What judged answers cost. */
export interface UsefulSpend {
  /** Decisions whose cost is known and whose answer was judged, of the last 50. */
  judged: number;
  /** Dollars of these. */
  cost: number;
  /** Sum of their scores from 0 to 1: how many useful answers that makes. */
  useful: number;
  /** Dollars per useful answer (`costPerUseful` of `@routeprofile/schema`); absent where none was useful. */
  perUseful?: number;
}

/**
 * What the last decisions cost per useful answer. An answer's score is the mean of the feedback that may train, by `feedback.trains`.
 * @param records the newest first
 */
export async function usefulOf(
  records: readonly DecisionRecord[],
  store: Pick<StateStore, 'said'>,
  { names, sources }: FeedbackSettings['trains'],
): Promise<UsefulSpend> {
  const counts = ({ name, source }: Feedback) => names.includes(name) && sources.includes(source);
  const judged = await Promise.all(
    records.slice(0, LOOKED_UP).map(async ({ id, cost }) => {
      const scores =
        cost === undefined ? [] : (await store.said(id)).filter(counts).flatMap(({ score }) => score ?? []);
      return scores.length === 0 ? [] : [{ cost: cost!, score: scores.reduce((a, b) => a + b) / scores.length }];
    }),
  );
  const known = judged.flat();
  const cost = known.reduce((sum, one) => sum + one.cost, 0);
  const useful = known.reduce((sum, one) => sum + one.score, 0);
  const perUseful = costPerUseful(cost, useful);
  return { judged: known.length, cost, useful, ...(perUseful !== undefined && { perUseful }) };
}
