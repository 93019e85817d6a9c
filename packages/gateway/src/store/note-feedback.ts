import type { Feedback, FeedbackFate } from '../contracts/store.js';

/** What somebody says of an answer, whenever it came, as one text: two are the same where it is. */
export const meaningOf = ({ name, value, score, source, comment }: Feedback): string =>
  JSON.stringify([name, value, score ?? null, source, comment ?? null]);

type KnownFate = Exclude<FeedbackFate, 'unknown'>;

/** What would become of feedback. @param all what was said of its decision @param most as of `StateStore.feedback` */
export function feedbackFate(all: readonly Feedback[], said: Feedback, most = Infinity): KnownFate {
  const before = all.find(({ id }) => id === said.id);
  if (before === undefined) return all.length < most ? 'stored' : 'full';
  return meaningOf(before) === meaningOf(said) ? 'duplicate' : 'replaced';
}

/** Adds to what was said of one decision. However much there is. @param all in the order in which it came; changed in place */
export function noteFeedback(all: Feedback[], said: Feedback): KnownFate {
  const fate = feedbackFate(all, said);
  if (fate === 'duplicate') return fate;
  const place = all.findIndex(({ id }) => id === said.id);
  if (place >= 0) all.splice(place, 1);
  all.push(said);
  return fate;
}
