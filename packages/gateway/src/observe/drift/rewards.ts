import type { Feedback } from '../../contracts/store.js';
import type { Serving } from '../../serve/context.js';

/** Tells the drift watch what an answer was judged to be worth. */
export async function tellReward(said: Feedback, { drift, store }: Serving): Promise<void> {
  const { decision, score } = said;
  if (drift.look() === undefined || score === undefined) return;
  const record = await store.find(decision);
  if (record !== undefined) drift.judged(record, score);
}
