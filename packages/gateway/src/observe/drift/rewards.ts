import type { Feedback } from '../../contracts/store.js';
import type { Serving } from '../../serve/context.js';

/** Tells the drift watch what an answer was judged to be worth, where the configuration says that routes learn from such feedback. */
export async function tellReward({ decision, name, source, score }: Feedback, serving: Serving): Promise<void> {
  const { drift, store, snapshot } = serving;
  const { names, sources } = snapshot.config.feedback.trains;
  if (drift.look() === undefined || score === undefined || !names.includes(name) || !sources.includes(source)) return;
  const record = await store.find(decision);
  if (record !== undefined) drift.judged(record, score);
}
