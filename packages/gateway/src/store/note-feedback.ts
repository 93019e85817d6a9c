import type { Feedback, FeedbackFate } from '../contracts/store.js';

/** What somebody says of an answer, whenever it came, as one text: two are the same where it is. */
export const meaningOf = ({ name, value, score, source, comment }: Feedback): string =>
  JSON.stringify([name, value, score ?? null, source, comment ?? null]);

/** Adds to what was said of one decision. @param all in the order in which it came; changed in place */
export function noteFeedback(all: Feedback[], said: Feedback): Exclude<FeedbackFate, 'unknown'> {
  const place = all.findIndex(({ id }) => id === said.id);
  if (place >= 0 && meaningOf(all[place]!) === meaningOf(said)) return 'duplicate';
  if (place >= 0) all.splice(place, 1);
  all.push(said);
  return place >= 0 ? 'replaced' : 'stored';
}
