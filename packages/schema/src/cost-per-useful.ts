/**
 * Dollars per useful answer: all dollars over all scores, so that an answer with half the score is half a useful one and what wrong answers
 * cost is paid by the right ones. With scores of 0 and 1 it is dollars per right answer.
 * @returns undefined where nothing was useful, or so little that the quotient is beyond all numbers
 */
export function costPerUseful(dollars: number, scores: number): number | undefined {
  const each = dollars / scores;
  return scores > 0 && Number.isFinite(each) ? each : undefined;
}
