import { scoreOfWord } from './scale.js';
import { wordsOf } from './units.js';
import { isUnmeasured } from './values.js';
import type { Fields } from './paths.js';

const LOW_IS_GOOD = new Set([
  ...['toxicity', 'toxic', 'hallucination', 'hallucinations', 'hallucinated', 'error', 'errors', 'harm', 'harmful'],
  ...['harmfulness', 'bias', 'biased', 'pii', 'leak', 'leakage', 'risk', 'violation', 'violations', 'profanity'],
  ...['jailbreak', 'perplexity', 'loss', 'nll', 'wer', 'cer', 'ter', 'mae', 'mse', 'rmse', 'distance', 'refusal'],
  ...['insult', 'hate', 'maliciousness', 'stereotype', 'stereotyping', 'misogyny', 'criminality'],
]);
const TURNED = new Set(['no', 'non', 'not', 'free', 'without', 'absence', 'pass', 'passed', 'safe', 'inverted']);
const FLAGS = new Set(['success', 'is success', 'successful', 'succeeded', 'ok']);

/** Whether a low score of this name is the good one: `toxicity`, but not `non_toxicity`. */
export const isLowGood = (name: string): boolean => {
  const words = wordsOf(name);
  return words.some((word) => LOW_IS_GOOD.has(word)) && !words.some((word) => TURNED.has(word));
};
/** Names under which logs say that a call worked, and some people that an answer was right. */
export const isFlag = (name: string): boolean => FLAGS.has(wordsOf(name).join(' '));

const isTrue = (value: unknown): boolean =>
  value === true || Number(value) === 1 || scoreOfWord(String(value)) === 1 || /^ok$/i.test(String(value));

/** The named scores of a call; `flags` are beside them, and may say no more than that the call worked. */
export interface NamedScores {
  scores?: Fields;
  flags?: Fields;
}

/** Counts the named scores of records, to read the same one of all. */
export class ScoreNames {
  private readonly scores = new Map<string, number>();
  private readonly flags = new Map<string, { count: number; allTrue: boolean }>();
  private found: { name: string | undefined } | undefined;

  get any(): boolean {
    return this.scores.size + this.flags.size > 0;
  }

  see({ scores = {}, flags = {} }: NamedScores): void {
    this.found = undefined;
    for (const [name, value] of Object.entries(scores))
      if (!isUnmeasured(value)) this.scores.set(name, (this.scores.get(name) ?? 0) + 1);
    for (const [name, value] of Object.entries(flags)) {
      const known = this.flags.get(name) ?? { count: 0, allTrue: true };
      if (!isUnmeasured(value))
        this.flags.set(name, { count: known.count + 1, allTrue: known.allTrue && isTrue(value) });
    }
  }

  /** Flags that are true wherever a call was answered, and in how many: no answer was ever judged by them. */
  onlyWorked(): [name: string, count: number][] {
    return [...this.flags].filter(([, { allTrue }]) => allTrue).map(([name, { count }]) => [name, count]);
  }

  /**
   * The name that is read: `score`, where there is one; else the one that most records have, the first of equals; else a flag that judged
   * an answer. Undefined where no name is sure to mean that more is better.
   */
  best(): string | undefined {
    this.found ??= { name: this.find() };
    return this.found.name;
  }

  private find(): string | undefined {
    const sure = [...this.scores].filter(([name]) => !isLowGood(name));
    const named = sure.find(([name]) => /(?:^|\.)score$/i.test(name));
    const [most] = sure.toSorted(([, one], [, other]) => other - one);
    const flag = [...this.flags].find(([, { allTrue }]) => !allTrue);
    return (named ?? most ?? flag)?.[0];
  }
}
