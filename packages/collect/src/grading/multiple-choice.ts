import { METRIC_RULES, type MetricRules } from './rules.js';

const IN_PARENTHESES = /\(\s*[a-zA-Z]\s*\)/g;
/** A response that begins with its letter: `B`, `B.`, `**B**: because…`. A letter followed by a word is an article. */
const LEADING = /^[\s*_"'`]*([A-J])[*_"'`]*(?:\s*$|[.:),\]]|\s*[-–—]\s|\s*\n)/;
/** `the answer is B`, `Answer: **B**`, `correct option would be C`. Blanks before the colon are tried once: linear in the text. */
const ANNOUNCED =
  /\b(?:[Aa]nswer|ANSWER|[Oo]ption|[Cc]hoice)\b(?:\s+(?:is|would be|should be))?(?:\s*:)?[\s*_"'`]*([A-J])\b(?!')/g;

/** The letter a response gives without parentheses, or undefined. */
function bareLetter(response: string): string | undefined {
  return LEADING.exec(response)?.[1] ?? [...response.matchAll(ANNOUNCED)].at(-1)?.[1];
}

/**
 * Multiple choice: the last letter in parentheses is the answer. Without one the published scorer gives 0; the repaired
 * one takes a bare letter that the response begins with, else the last one it announces.
 */
export function emMc(
  response: string,
  truth: string,
  rules: Pick<MetricRules, 'bareLetters'> = METRIC_RULES.repaired,
): number {
  const found = response.match(IN_PARENTHESES)?.at(-1) ?? (rules.bareLetters ? bareLetter(response) : undefined);
  return found?.toLowerCase().includes(truth.toLowerCase()) === true ? 1 : 0;
}
