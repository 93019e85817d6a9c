import { chooserOf, judgedWorth, type JudgedDecision } from '@routeprofile/schema';
import type { DecisionRecord } from '../contracts/record.js';
import type { Feedback } from '../contracts/store.js';
import { vectorOf } from '../contracts/vector.js';
import type { FeedbackSettings } from '../feedback/feedback-config.js';

/** Why nothing is learned from a decision that was judged. */
export type Unlearned =
  /** It was not made by the route's router: the client named the model, the conversation stayed where it was, or the router was late. */
  | 'not-routed'
  /** Another model answered than was chosen: nobody knows the chance of that. */
  | 'fell-back'
  /** Its vector is not kept. */
  | 'no-vector'
  /** It was read with another encoder than the router has now. */
  | 'another-encoder';

/** Whether feedback is of those that are learned from. */
export const trainsBy = ({ name, source }: Feedback, { names, sources }: FeedbackSettings['trains']): boolean =>
  names.includes(name) && sources.includes(source);

/** What an answer was worth by the feedback that trains (`judgedWorth`); undefined where none of it has a score. */
export const rewardOf = (feedback: readonly Feedback[], trains: FeedbackSettings['trains']): number | undefined =>
  judgedWorth(feedback.filter((said) => trainsBy(said, trains)));

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/**
 * What a learner of a route reads of a record.
 * @param encoder of the route's router; null for one that reads no vectors
 * @param known the vector, where it is in memory
 */
export function judgedDecision(
  record: DecisionRecord,
  reward: number,
  encoder: string | null,
  known: Float32Array | undefined,
): JudgedDecision | Unlearned {
  const { id, router, wire, served, model, propensity, ranked, reasons } = record;
  if (router === null || wire === 'embeddings' || chooserOf(reasons) !== 'router') return 'not-routed';
  if (served !== model) return 'fell-back';
  if (router.encoder !== encoder) return 'another-encoder';
  const vector = encoder === null ? undefined : (known ?? (record.vector && vectorOf(record.vector)));
  if (encoder !== null && !vector) return 'no-vector';
  const entry = ranked.find((one) => one.model === model);
  const expected = numberOf(entry?.['fitted']) ?? numberOf(entry?.['probability']);
  return {
    ...{ id, model, reward, propensity },
    ...(vector && { vector }),
    ...(expected !== undefined && { expected }),
  };
}
