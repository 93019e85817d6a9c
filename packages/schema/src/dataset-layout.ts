import { z } from 'zod';
import type { Dataset } from './dataset.js';

/**
 * How a dataset folder is read; the defaults are those of `loadDataset`.
 * A layout gets it complete, and heeds what applies to its files.
 */
export const datasetOptionsSchema = z.object({
  /** `newllm`: the candidates absent from the training data are the new ones. */
  mode: z.enum(['standard', 'newllm']).default('standard'),
  /**
   * Candidates treated as if they had just come out: exactly these are new, whatever the training data say of them is taken
   * away, and `mode` counts as newllm. The published layout is then read from its standard files.
   */
  newModels: z
    .array(z.string().min(1))
    .transform((names) => [...new Set(names)])
    .default([]),
  /**
   * Card scores of new models on tasks that routers train on: such scores may have been measured on the very training
   * queries. `keep` warns, `drop` takes them off the cards. Of models named by `newModels` they are always dropped.
   */
  leakedScores: z.enum(['keep', 'drop']).default('keep'),
  /** File with test rows: a JSON array of routing rows, or outcome JSON lines. */
  test: z.string().min(1).optional(),
  /** Name of the split used as test rows in the outcomes layout. */
  testSplit: z.string().min(1).default('test'),
  /** `false`: test rows may be absent, for steps that only look at training data and cards. */
  testRows: z.boolean().default(true),
  /** `formatted`: with the prompt template stored in the data. */
  queryText: z.enum(['raw', 'formatted']).default('raw'),
  /** Long beginnings that many training queries share, such as few-shot examples: left out of what is encoded, or kept. */
  sharedPrefix: z.enum(['strip', 'keep']).default('strip'),
  /**
   * Scores of candidates that other measurements contradict (see `data check`): marked unreliable, so that score-carrying
   * profiles count them as not measured and nothing learns from training labels of those tasks; or trusted.
   */
  unreliableScores: z.enum(['distrust', 'trust']).default('distrust'),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(42),
  /** Training share of an outcomes dataset with a single split. */
  split: z.number().gt(0).lt(1).default(0.7),
  /** A candidate has outcomes on at least this share of the training rows, where models were asked the same queries. */
  minCoverage: z.number().min(0).max(1).default(0.95),
  /** A candidate has at least this many training outcomes, where most queries were answered by one model (a log). */
  minOutcomes: z.number().int().min(1).default(30),
  /** At most this many training queries, drawn by the seed, stratified by task. */
  limitTrain: z.number().int().min(1).optional(),
  limitTest: z.number().int().min(1).optional(),
});

/** The options completed by their defaults. */
export type DatasetOptions = z.infer<typeof datasetOptionsSchema>;

/** What a layout is given: the options, and what ends the reading. */
export interface LayoutOptions extends DatasetOptions {
  signal?: AbortSignal;
}

/** Something that is valid and yet not as one would expect. */
export interface Oddity {
  /** A stable word, such as `duplicate-queries`. */
  kind: string;
  /** One sentence: what was found, and where it matters. */
  message: string;
  count: number;
  /** The first few. */
  examples: string[];
}

/** Which models have outcomes on which rows, as far as it decides what can be learned. */
export interface RowCoverage {
  /**
   * `complete`: every model has an outcome on every row. `incomplete`: some are missing. `one-model-per-query`: at least half
   * of the rows have an outcome of one model only, as the log of a product has.
   */
  kind: 'complete' | 'incomplete' | 'one-model-per-query';
  rows: number;
  /** Rows with an outcome of every model, and of one model only. */
  completeRows: number;
  oneModelRows: number;
  /** Rows with an outcome, by model; most first. */
  models: { model: string; outcomes: number }[];
  /** What such data can tell, under which assumptions, and what not; a sentence each. Empty for complete data. */
  notes: string[];
}

/** What a layout found in a folder of its own. */
export interface LayoutCheck {
  /** null when problems kept it from being put together. */
  dataset: Dataset | null;
  /** null where rows do not decide who is a candidate, and when the rows cannot be read. */
  coverage: RowCoverage | null;
  /** What makes the folder unusable: `file: path.to.field: what is wrong, what was expected`. */
  problems: string[];
  /** How many there are; `problems` may list the first of them only, and at its end how many more. */
  problemCount: number;
  /** Empty when there are problems. */
  oddities: Oddity[];
}

/**
 * One way to lay out a dataset folder. `@routeprofile/data` asks its layouts in turn whether a folder is theirs, and gives the
 * same `Dataset` whichever says yes.
 */
export interface DatasetLayout {
  /** What `Dataset.layout` says, such as `outcomes`. */
  name: string;
  /** What tells a folder of this layout, for the message when a folder is of none: `outcomes.jsonl`. */
  holds: string;
  /** Whether the folder is of this layout. Looks at which files there are, and reads none. */
  detect(folder: string): Promise<boolean>;
  /**
   * Reads the folder.
   * @throws RouteProfileError with every problem of every file in `details`: BAD_INPUT, CORRUPT_FILE, MISSING_FILE, ABORTED.
   */
  load(folder: string, options: LayoutOptions): Promise<Dataset>;
  /**
   * Reads the folder and tells what is wrong and what is odd; a folder without test rows is checked as far as it goes.
   * @throws RouteProfileError ABORTED only; problems are returned.
   */
  check(folder: string, options: LayoutOptions): Promise<LayoutCheck>;
}
