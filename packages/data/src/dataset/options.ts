import { parseOptions, z, type Logger } from '@routeprofile/schema';

const optionsSchema = z.object({
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
  /** A candidate has outcomes on at least this share of the training rows. */
  minCoverage: z.number().min(0).max(1).default(0.95),
  /** At most this many training queries, drawn by the seed, stratified by task. */
  limitTrain: z.number().int().min(1).optional(),
  limitTest: z.number().int().min(1).optional(),
});

export type DatasetOptions = z.infer<typeof optionsSchema>;

/**
 * How `loadDataset` and `checkDataset` read a folder; all of it is optional.
 * Defaults: mode standard, test split `test`, raw query text, shared prefixes stripped, unreliable scores distrusted,
 * seed 42, a 70 % training share, 95 % coverage.
 */
export interface LoadOptions extends z.input<typeof optionsSchema> {
  signal?: AbortSignal;
  logger?: Logger;
}

/** Options completed by their defaults. Throws BAD_OPTION naming every wrong one. */
export function datasetOptions({ signal: _signal, logger: _logger, ...given }: LoadOptions): DatasetOptions {
  const options = parseOptions<DatasetOptions>({ name: 'loadDataset', options: optionsSchema }, given);
  return options.newModels.length === 0 ? options : { ...options, mode: 'newllm' };
}
