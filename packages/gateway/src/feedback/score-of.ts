import type { Feedback } from '../contracts/store.js';
import { plainWord, type FeedbackSettings } from './feedback-config.js';

/** What a value is worth: a score from 0 to 1, none for a word that stands for no number, or why it cannot be said. */
export type ScoreOf = { score: number | undefined } | { wrong: string };

/** What feedback is worth, by the configuration's words and scales. */
export function scoreOf(
  { name, value }: Pick<Feedback, 'name' | 'value'>,
  { words, scales }: Pick<FeedbackSettings, 'words' | 'scales'>,
): ScoreOf {
  if (typeof value === 'boolean') return { score: value ? 1 : 0 };
  if (typeof value === 'string') {
    const word = plainWord(value);
    return { score: Object.hasOwn(words, word) ? words[word] : undefined };
  }
  const scale = Object.hasOwn(scales, name) ? scales[name] : undefined;
  const { from, to } = scale ?? { from: 0, to: 1 };
  const score = (value - from) / (to - from);
  if (score >= 0 && score <= 1) return { score };
  const expected = `${JSON.stringify(name)} has the value ${value}, expected a number from ${Math.min(from, to)} to ${Math.max(from, to)}.`;
  return {
    wrong:
      scale === undefined
        ? `${expected} For another scale, set feedback.scales in the gateway's configuration: the worst number as \`from\`, the best as \`to\`.`
        : expected,
  };
}
