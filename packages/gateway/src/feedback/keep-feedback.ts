import type { Feedback, FeedbackFate } from '../contracts/store.js';
import type { Serving } from '../serve/context.js';
import { trainsBy } from '../learn/judged-decision.js';
import { tellReward } from '../observe/drift/rewards.js';
import type { FeedbackSettings } from './feedback-config.js';

/** Milliseconds that feedback waits for the record of a request that is still under way. */
const PATIENCE_MS = 2_000;

/** A name as metrics have it: clients may give any, and only those of the configuration are counted for themselves. */
const labelOf = (name: string, { trains, scales }: FeedbackSettings): string =>
  trains.names.includes(name) || Object.hasOwn(scales, name) ? name : 'other';

/**
 * Keeps feedback, and tells whoever counts, traces or learns.
 * @param most as of `StateStore.feedback`
 * @throws whatever the store throws
 */
export async function keepFeedback(said: Feedback, serving: Serving, most?: number): Promise<FeedbackFate> {
  const { store, clock, metrics, tracing, recording, snapshot } = serving;
  let fate = await store.feedback(said, most);
  const underWay = fate === 'unknown' ? recording.of(said.tenant, said.decision) : undefined;
  if (underWay !== undefined) {
    let cancel = () => {};
    await Promise.race([underWay, new Promise<void>((resolve) => (cancel = clock.after(PATIENCE_MS, resolve)))]);
    cancel();
    fate = await store.feedback(said, most);
  }
  if (fate === 'unknown') return fate;
  metrics.judged(labelOf(said.name, snapshot.config.feedback), said, fate);
  if (fate === 'stored' || fate === 'replaced') {
    tracing?.judged?.(said, clock.now());
    if (trainsBy(said, snapshot.config.feedback.trains)) {
      serving.learning.judged(said);
      if (fate === 'stored') serving.track(tellReward(said, serving));
    }
  }
  return fate;
}
