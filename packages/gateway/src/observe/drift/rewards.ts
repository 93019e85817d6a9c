import type { Feedback } from '../../contracts/store.js';
import { trainsBy } from '../../learn/judged-decision.js';
import type { Serving } from '../../serve/context.js';

/** Tells the drift watch what an answer was judged to be worth, where the configuration says that routes learn from such feedback. */
export async function tellReward(said: Feedback, { drift, store, snapshot }: Serving): Promise<void> {
  const { decision, score } = said;
  if (drift.look() === undefined || score === undefined || !trainsBy(said, snapshot.config.feedback.trains)) return;
  const record = await store.find(decision);
  if (record !== undefined) drift.judged(record, score);
}
