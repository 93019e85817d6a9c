import type { DecisionRecord } from '../../contracts/record.js';
import type { StateStore } from '../../contracts/store.js';
import type { FeedbackSettings } from '../../feedback/feedback-config.js';
import { rewardOf } from '../../learn/judged-decision.js';

/** Decisions whose feedback an overview looks up. */
export const LOOKED_UP = 50;

/** A decision, and what its answer was worth. */
export interface JudgedRecord {
  record: DecisionRecord;
  /** From 0 to 1. */
  score: number;
}

/**
 * Those of the last decisions that were judged. An answer is worth what learners take it for: the feedback that may train, by
 * `feedback.trains`.
 * @param records the newest first
 */
export async function judgedOf(
  records: readonly DecisionRecord[],
  store: Pick<StateStore, 'said'>,
  trains: FeedbackSettings['trains'],
): Promise<JudgedRecord[]> {
  const judged = await Promise.all(
    records.slice(0, LOOKED_UP).map(async (record) => {
      const score = rewardOf(await store.said(record.id), trains);
      return score === undefined ? [] : [{ record, score }];
    }),
  );
  return judged.flat();
}
