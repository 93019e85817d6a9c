/** What the `source` of a score is, or begins with, that a language model gave. */
const JUDGE = 'judge';

/** Whether a score with this source is a language model's opinion: `judge`, or `judge:` and what judged. */
export const isJudge = (source: string): boolean => source === JUDGE || source.startsWith(`${JUDGE}:`);
