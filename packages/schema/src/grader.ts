import { z } from 'zod';
import type { ChatModel, Usage } from './chat.js';
import type { RunContext } from './context.js';
import { nameSchema } from './formats/common.js';
import { querySchema } from './query.js';

/** A line of a file of prompts: what models are asked, and what is known of the right answer. Unknown extra fields are kept. */
export const promptItemSchema = z.looseObject({
  id: z.union([z.string().min(1), z.number()]).transform(String),
  task: nameSchema.nullish(),
  split: z.string().min(1).nullish(),
  query: querySchema,
  /** The right answer, or several that are all right; for code, its tests. */
  reference: z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))]).nullish(),
  /** Name of the metric that this answer is graded by, where a grader reads one. */
  metric: z.string().min(1).nullish(),
  /** Models that are asked, where not all are: chosen on purpose, so that the chance of their being asked is 1. */
  models: z.array(nameSchema).optional(),
  /** Models that would be asked too, had a log not their outcome by chance: nothing is asked, and that it would be is marked. */
  measured: z.array(nameSchema).optional(),
});
/** A query with what is known of its right answer: what a grader is given. */
export type PromptItem = z.infer<typeof promptItemSchema>;

/** What a model answered, as a grader sees it. */
export interface GivenAnswer {
  /** The candidate that answered. */
  model: string;
  /** Not empty, trimmed. */
  text: string;
  /** The token limit ended the answer. */
  truncated: boolean;
}

/** How an answer did beside another one, as a judge saw the two. */
export interface GradedComparison {
  /** The model whose answer it was compared with. */
  against: string;
  /** Whether this answer was shown first. */
  first: boolean;
  /** 1: this answer is better; 0: the other is; 0.5: neither. */
  won: number;
}

/** What an answer is worth. */
export interface Grade {
  /** 0 (wrong) to 1 (right); null: cannot be told, as when the item has no reference. */
  score: number | null;
  /** Why, in a sentence. */
  reason?: string;
  /** Dollars that grading took. */
  cost?: number;
  /** Tokens that grading took. */
  usage?: Usage;
  /** Of a grader that compares answers, each comparison of this one. */
  comparisons?: GradedComparison[];
}

/** Says what answers are worth. */
export interface Grader {
  specVersion: 1;
  /** The strategy with its options, as `regex:pattern=…`: grades are kept under it. */
  name: string;
  /** Where scores are an opinion, whose it is, such as `judge:gpt`: outcomes are marked with it, and reports say so. */
  source?: string;
  /**
   * The worth of one answer. Calls may run at the same time.
   * @throws RouteProfileError; ABORTED once the context's signal has fired. What an answer says never makes it throw.
   */
  grade(item: PromptItem, answer: GivenAnswer, ctx: RunContext): Promise<Grade>;
  /**
   * Of a grader that needs all answers to an item side by side: one grade for each, in their order. It is then called instead of
   * `grade`.
   */
  gradeAll?(item: PromptItem, answers: readonly GivenAnswer[], ctx: RunContext): Promise<Grade[]>;
  /** Of a grader that asks a model: how often at most for an item, by the number of its answers, and how many answers each prompt holds. */
  asks?: { model: string; calls(answers: number): number; answersInPrompt: number };
}

/** Runs programs apart from this machine, one a call. */
export interface ProgramRunner {
  /** What isolates them. */
  how: string;
  /**
   * @param task the same program in several readings, of which the first that compiles runs, and tests that raise when it is wrong
   * @throws RouteProfileError ABORTED. Nothing the program does makes it throw.
   */
  run(
    task: { sources: readonly string[]; tests: readonly string[] },
    options?: { signal?: AbortSignal | undefined },
  ): Promise<{ verdict: 'pass' | 'fail' | 'syntax' | 'timeout' | 'killed' | 'bad-tests'; detail: string | null }>;
}

/** What a grader may use beside its options. */
export interface GraderParts {
  /**
   * A model of the configuration by its id. What it is asked counts in the budget, is kept, and is not asked a second time.
   * @throws RouteProfileError UNKNOWN_NAME
   */
  chat: (id: string) => ChatModel;
  /** Opens what programs are run in; absent where nobody allowed to run any. */
  openSandbox?: () => Promise<ProgramRunner>;
  /** What a relative path in an option is relative to. */
  folder: string;
}

/** A grader by name: what a plugin package exports, and what a list of built-in graders holds. */
export interface GraderPlugin<O = unknown> {
  kind: 'grader';
  specVersion: 1;
  name: string;
  /** One line for listings. */
  summary: string;
  options: z.ZodType<O>;
  /**
   * @param options checked by the schema
   * @throws RouteProfileError BAD_OPTION for options that do not go together
   */
  create(options: O, parts: GraderParts): Promise<Grader> | Grader;
}
