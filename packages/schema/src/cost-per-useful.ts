/**
 * Dollars per useful answer: all dollars over all scores, so that an answer with half the score is half a useful one and what wrong answers
 * cost is paid by the right ones. With scores of 0 and 1 it is dollars per right answer.
 * @returns undefined where nothing was useful
 */
export const costPerUseful = (dollars: number, scores: number): number | undefined =>
  scores > 0 ? dollars / scores : undefined;
