import type { Feedback, FeedbackFate } from '../contracts/store.js';

/** Whether two say the same of an answer, whenever they came. */
const saysTheSame = (a: Feedback, b: Feedback): boolean =>
  a.name === b.name && a.value === b.value && a.score === b.score && a.source === b.source && a.comment === b.comment;

/** Adds to what was said of one decision. @param all in the order in which it came; changed in place */
export function noteFeedback(all: Feedback[], said: Feedback): Exclude<FeedbackFate, 'unknown'> {
  const place = all.findIndex(({ id }) => id === said.id);
  if (place >= 0 && saysTheSame(all[place]!, said)) return 'duplicate';
  if (place >= 0) all.splice(place, 1);
  all.push(said);
  return place >= 0 ? 'replaced' : 'stored';
}
