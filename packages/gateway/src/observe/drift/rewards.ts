import type { Feedback } from '../../contracts/store.js';
import { trainsBy } from '../../learn/judged-decision.js';
import type { Serving } from '../../serve/context.js';

/** Tells the drift watch what an answer was judged to be worth, where the configuration says that routes learn from such feedback. */
export async function tellReward(said: Feedback, serving: Serving): Promise<void> {
  const { drift, store, snapshot } = serving;
  const { score } = said;
  if (drift.look() === undefined || score === undefined || !trainsBy(said, snapshot.config.feedback.trains)) return;
  const record = await store.find(said.decision);
  if (record !== undefined) drift.judged(record, score);
}
