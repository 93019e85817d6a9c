import { answerWords, normaliseAnswer } from './normalise.js';
import { METRIC_RULES, type MetricRules } from './rules.js';

/** What an empty ground truth counts as. */
export type EmptyTruth = Pick<MetricRules, 'emptyTruthMatches'>;

const sameAsWritten = (response: string, truth: string): number =>
  response.trim().toLowerCase() === truth.trim().toLowerCase() ? 1 : 0;

/** Exact match: 1 if response and truth are equal once normalised (SQuAD). */
export function em(response: string, truth: string, rules: EmptyTruth = METRIC_RULES.repaired): number {
  const expected = normaliseAnswer(truth);
  if (expected === '' && !rules.emptyTruthMatches) return sameAsWritten(response, truth);
  return normaliseAnswer(response) === expected ? 1 : 0;
}

/**
 * Cover exact match: 1 if the normalised response contains the normalised truth, as a substring. A verbose response is
 * not punished; neither is one that names several answers, or that holds a short truth inside a longer word or number.
 */
export function cem(response: string, truth: string, rules: EmptyTruth = METRIC_RULES.repaired): number {
  const expected = normaliseAnswer(truth);
  if (expected === '' && !rules.emptyTruthMatches) return sameAsWritten(response, truth);
  return normaliseAnswer(response).includes(expected) ? 1 : 0;
}

const CLOSED_ANSWERS = new Set(['yes', 'no', 'noanswer']);

/**
 * Bag-of-words F1 of the normalised texts: 2PR / (P + R), with P and R the shares of the response's and the truth's words
 * that the other holds too. 0 when either text is `yes`, `no` or `noanswer` and they differ (HotpotQA).
 */
export function f1(response: string, truth: string): number {
  const said = answerWords(response);
  const expected = answerWords(truth);
  const [whole, wholeTruth] = [said.join(' '), expected.join(' ')];
  if (whole !== wholeTruth && (CLOSED_ANSWERS.has(whole) || CLOSED_ANSWERS.has(wholeTruth))) return 0;
  const left = new Map<string, number>();
  for (const word of expected) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of said) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    common++;
  }
  return common === 0 ? 0 : (2 * common) / (said.length + expected.length);
}
