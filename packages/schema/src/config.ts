import { z } from 'zod';
import type { CollectConfigInput } from './collect-config.js';
import { parseStrategyReference, type StrategyReference } from './options.js';

type NamedInput = { name: string; options?: Record<string, unknown> | undefined };
/** A strategy in a config: its short form, or name and options. */
export type StrategyInput = string | (NamedInput & { graph?: string | undefined; wrappers?: NamedInput[] | undefined });

/** YAML and programs can say numbers that JSON cannot; no option means one. */
const optionsSchema = z.record(
  z.string(),
  z.unknown().refine((value) => typeof value !== 'number' || Number.isFinite(value), {
    error: ({ input }) => `is ${String(input)}, expected a finite number`,
  }),
);
const namedShape = { name: z.string().min(1), options: optionsSchema.optional() };

const strategySchema: z.ZodType<StrategyReference, StrategyInput> = z
  .union([
    z.string(),
    z.strictObject({
      ...namedShape,
      graph: z.string().optional(),
      wrappers: z.array(z.strictObject(namedShape)).optional(),
    }),
  ])
  .transform((value) =>
    typeof value === 'string'
      ? parseStrategyReference(value)
      : {
          name: value.name,
          options: value.options ?? {},
          ...(value.graph !== undefined && { graph: value.graph }),
          ...(value.wrappers && {
            wrappers: value.wrappers.map(({ name, options }) => ({ name, options: options ?? {} })),
          }),
        },
  );

const oneOrMore = <I, O>(schema: z.ZodType<O, I>) =>
  z.union([schema, z.array(schema).min(1)]).transform((value) => (Array.isArray(value) ? value : [value]));

/** What a run writes beside the folders of its scenarios, and names that Windows keeps for devices. */
const RESERVED_FOLDERS =
  /^(?:cells|kept|store|profiles|routers|(?:report|rows|timings|design-space)\.(?:json|html)|suggested\.jsonl|(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?)$/i;

/** One setting of several in a run: what it changes, and its name, which names its folder too. */
const scenarioSchema = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?$/,
      'a scenario is named by letters, digits, underscores, and dashes and dots inside, for its folder has that name',
    )
    .refine((name) => !RESERVED_FOLDERS.test(name), {
      error: 'no scenario can be called so: a run or the system keeps that name for itself',
    }),
  mode: z.enum(['standard', 'newllm']).optional(),
  test: z.string().min(1).optional(),
  testSplit: z.string().min(1).optional(),
  newModel: z.array(z.string().min(1)).optional(),
  unreliableScores: z.enum(['distrust', 'trust']).optional(),
});

/** The encoder of everything that names none. */
export const DEFAULT_ENCODER = 'static-hash';

/** What `routeprofile run` and `run(config)` take. Strategies are `"name:option=value"` or `{ name, options }`. */
export const runConfigSchema = z.strictObject({
  /** Dataset folder. */
  data: z.string().min(1),
  mode: z.enum(['standard', 'newllm']).default('standard'),
  /** `static-hash`, `use-lite-hash`, `hash`, `npz:FILE`, `openai:MODEL`, `transformers:MODEL`, a package or a file. */
  encoder: z.string().min(1).default(DEFAULT_ENCODER),
  /** Text of a query: as asked, or with the dataset's prompt template. */
  queryText: z.enum(['raw', 'formatted']).default('raw'),
  /** Long beginnings that many training queries share, such as few-shot examples: left out of what is encoded, or kept. */
  sharedPrefix: z.enum(['strip', 'keep']).default('strip'),
  graph: z.string().min(1).default('query-task'),
  profile: oneOrMore(strategySchema).prefault(['advantage']),
  router: oneOrMore(strategySchema).prefault(['attention', 'auto']),
  /** Metrics of plugins beside those that are built in: a package or a file. */
  metric: oneOrMore(z.string().min(1)).optional(),
  /** Each profile once more, compressed: `int8`, `pca:N`. */
  quantize: oneOrMore(z.string().min(1)).optional(),
  /** The cost–quality frontier of each cell; adds one fit of the router per cross-validation fold, and none for `auto` and `ensemble`. */
  frontier: z.boolean().default(false),
  /** How much lower a router's mean score may be and still count as not worse than the best single model, on the scale of the scores. */
  margin: z.number().min(0).default(0.02),
  /** Parts of the training queries by which the recommended router is chosen; each router is fitted once more per part. 0: none. */
  selectionFolds: z
    .number()
    .int()
    .refine((folds) => folds === 0 || (folds >= 2 && folds <= 20), { error: 'give 0, or 2 to 20' })
    .default(3),
  /** How many test queries are also rephrased, to see whether the choice stays. */
  robustness: z.number().int().min(1).optional(),
  /** Where test rows are a log: how many answers to suggest that would tell most of what it cannot; see `suggested.jsonl`. */
  suggest: z.number().int().min(1).optional(),
  seed: oneOrMore(z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)).prefault([42]),
  /** Candidates whose training outcomes and pairs are taken away, as if they had just come out; implies mode newllm. */
  newModel: oneOrMore(z.string().min(1)).optional(),
  /** Scores of a new model's card that were measured on training tasks: kept as the files say, or dropped. */
  leakedScores: z.enum(['keep', 'drop']).default('keep'),
  /**
   * Scores of candidates that other measurements contradict (see `data check`): marked unreliable, so that score-carrying
   * profiles count them as not measured and nothing learns from training labels of those tasks; or trusted.
   */
  unreliableScores: z.enum(['distrust', 'trust']).default('distrust'),
  /** Several settings over the same profiles and routers, each with a report of its own, and one report over all. */
  scenarios: z
    .array(scenarioSchema)
    .min(1)
    .refine((all) => new Set(all.map(({ name }) => name.toLowerCase())).size === all.length, {
      error: 'two scenarios have the same name',
    })
    .optional(),
  /** Workers that train cells side by side; each holds its own copy of data and tensors. */
  jobs: z.number().int().min(1).max(256).default(1),
  /** Seconds without a sign of life (progress, a result) after which a plugin counts as hanging and its cell as failed. */
  pluginTimeout: z.number().positive().max(86_400).default(120),
  /** File with test rows, in either format. */
  test: z.string().min(1).optional(),
  /** Name of the split used as test rows in the outcomes layout. */
  testSplit: z.string().min(1).default('test'),
  /** Training share when an outcomes dataset has a single split. */
  split: z.number().gt(0).lt(1).default(0.7),
  /** A candidate has outcomes on at least this share of the training rows, where models were asked the same queries. */
  minCoverage: z.number().min(0).max(1).default(0.95),
  /** A candidate has at least this many training outcomes, where most queries were answered by one model (a log). */
  minOutcomes: z.number().int().min(1).default(30),
  /** Use at most this many training and test queries, drawn by the seed. */
  limitTrain: z.number().int().min(1).optional(),
  limitTest: z.number().int().min(1).optional(),
  out: z.string().min(1).default('routeprofile-out'),
  cache: z.string().min(1).optional(),
  backend: z.string().min(1).optional(),
});
/**
 * A checked configuration: every default filled in, every strategy a `StrategyReference`, lists where one or several
 * may be given.
 */
export type RunConfig = z.infer<typeof runConfigSchema>;
/** One setting of several in a run: its name, which names its folder too, and what it changes. */
export type Scenario = z.infer<typeof scenarioSchema>;
/**
 * A configuration as people write it: everything but `data` is optional. Defaults: mode standard, encoder `static-hash`,
 * graph `query-task`, profile `advantage`, routers `attention` and `auto`, seed 42.
 */
export type RunConfigInput = z.input<typeof runConfigSchema>;

/** What a config file may hold: the options of `run`, and a section for `collect`. */
export type ConfigFile = Partial<RunConfigInput> & { collect?: Partial<CollectConfigInput> };

/** For `routeprofile.config.ts`: types and completion, nothing else. Paths are relative to the config file. */
export const defineConfig = (config: ConfigFile): ConfigFile => config;
