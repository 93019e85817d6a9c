import { z } from '@routeprofile/schema';
import { FEEDBACK_SOURCES } from '../contracts/store.js';

/** The name of feedback that gives none. */
export const DEFAULT_NAME = 'quality';

/** Words that stand for a number, where the configuration does not say otherwise. */
const WORDS: Readonly<Record<string, number>> = {
  good: 1,
  bad: 0,
  thumbs_up: 1,
  thumbs_down: 0,
  up: 1,
  down: 0,
  yes: 1,
  no: 0,
  correct: 1,
  incorrect: 0,
  right: 1,
  wrong: 0,
  pass: 1,
  fail: 0,
};

/** A word as the table of words has it: `Thumbs up` and `thumbs-up` are `thumbs_up`. */
export const plainWord = (word: string): string =>
  word
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');

const name = z.string().min(1).max(200);
const score = z.number().min(0).max(1);

/** What feedback means. */
export const feedbackSettingsSchema = z.strictObject({
  /** Scores of words, from 0 to 1; they are added to `good`, `bad`, `thumbs_up`, `yes` and their like. */
  words: z
    .record(name, score)
    .default({})
    .transform((given) => ({
      ...WORDS,
      ...Object.fromEntries(Object.entries(given).map(([word, one]) => [plainWord(word), one])),
    })),
  /** By name of feedback: which number is worst (`from`) and which is best (`to`). Others are numbers from 0 to 1. */
  scales: z
    .record(
      name,
      z
        .strictObject({ from: z.number(), to: z.number() })
        .refine(({ from, to }) => from !== to, 'expected two different numbers, the worst and the best'),
    )
    .default({}),
  /** What is learned from, where a route learns. */
  trains: z
    .strictObject({
      names: z.array(name).min(1).default([DEFAULT_NAME]),
      sources: z.array(z.enum(FEEDBACK_SOURCES)).min(1).default(['user', 'verifier']),
    })
    .prefault({}),
});
/** What feedback means, with every default filled in. */
export type FeedbackSettings = z.infer<typeof feedbackSettingsSchema>;
