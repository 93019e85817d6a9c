import type { Feedback } from '../../contracts/store.js';
import { trainsBy } from '../../learn/judged-decision.js';
import type { Serving } from '../../serve/context.js';

/**
 * Tells the drift watch what an answer was judged to be worth. Each answer is one number: a client that judges one of them a thousand times
 * must not make a model look as if it had changed for everybody.
 */
export async function tellReward(said: Feedback, { drift, store, snapshot }: Serving): Promise<void> {
  const { decision, score, id } = said;
  if (drift.look() === undefined || score === undefined) return;
  const { trains } = snapshot.config.feedback;
  const first = (await store.said(decision)).find((one) => one.score !== undefined && trainsBy(one, trains));
  if (first?.id !== id) return;
  const record = await store.find(decision);
  if (record !== undefined) drift.judged(record, score);
}
