import { RouteProfileError } from '@routeprofile/schema';
import type { LoggedDecision } from '../traffic/decision.js';

/**
 * The oldest judged decisions train, and what came after them judges, judged or not: no decision does both, and no candidate is judged by what
 * it could have learned.
 * @param decisions the oldest first
 * @param share of the judged decisions that judge
 * @throws RouteProfileError BAD_OPTION for a share that is not between 0 and 1
 */
export function splitByTime(
  decisions: readonly LoggedDecision[],
  share: number,
): { training: LoggedDecision[]; judging: LoggedDecision[] } {
  if (!(share > 0 && share < 1))
    throw new RouteProfileError('BAD_OPTION', `the judging share is ${share}, expected a number between 0 and 1`);
  const judged = decisions.filter(({ reward }) => reward !== null);
  const training = judged.slice(0, Math.floor((1 - share) * judged.length));
  const last = training.at(-1);
  const judging = decisions.slice(last === undefined ? 0 : decisions.indexOf(last) + 1);
  return { training, judging };
}
