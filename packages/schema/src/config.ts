import { z } from 'zod';
import { parseStrategyReference, type StrategyReference } from './options.js';

const strategySchema: z.ZodType<StrategyReference, string | { name: string; options?: Record<string, unknown> }> = z
  .union([z.string(), z.object({ name: z.string().min(1), options: z.record(z.string(), z.unknown()).optional() })])
  .transform((value) =>
    typeof value === 'string' ? parseStrategyReference(value) : { name: value.name, options: value.options ?? {} },
  );

const oneOrMore = <I, O>(schema: z.ZodType<O, I>) =>
  z.union([schema, z.array(schema).min(1)]).transform((value) => (Array.isArray(value) ? value : [value]));

/** What `routeprofile run` and `run(config)` take. Strategies are `"name:option=value"` or `{ name, options }`. */
export const runConfigSchema = z.strictObject({
  /** Dataset folder. */
  data: z.string().min(1),
  mode: z.enum(['standard', 'newllm']).default('standard'),
  /** `use-lite`, `hash`, `npz:FILE`, `openai:MODEL`, `transformers:MODEL`, a package or a file. */
  encoder: z.string().min(1).default('use-lite'),
  /** Text of a query: as asked, or with the dataset's prompt template. */
  queryText: z.enum(['raw', 'formatted']).default('raw'),
  graph: z.string().min(1).default('query-task'),
  profile: oneOrMore(strategySchema).prefault(['emb-gnn']),
  router: oneOrMore(strategySchema).prefault(['sim', 'mlp', 'knn']),
  seed: oneOrMore(z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)).prefault([42]),
  /** File with test rows, in either format. */
  test: z.string().min(1).optional(),
  /** Name of the split used as test rows in the outcomes layout. */
  testSplit: z.string().min(1).default('test'),
  /** Training share when an outcomes dataset has a single split. */
  split: z.number().gt(0).lt(1).default(0.7),
  /** A candidate has outcomes on at least this share of the training rows. */
  minCoverage: z.number().min(0).max(1).default(0.95),
  /** Use at most this many training and test queries, drawn by the seed. */
  limitTrain: z.number().int().min(1).optional(),
  limitTest: z.number().int().min(1).optional(),
  out: z.string().min(1).default('routeprofile-out'),
  cache: z.string().min(1).optional(),
  backend: z.string().min(1).optional(),
});
export type RunConfig = z.infer<typeof runConfigSchema>;
export type RunConfigInput = z.input<typeof runConfigSchema>;

/** For `routeprofile.config.ts`: types and completion, nothing else. Paths are relative to the config file. */
export const defineConfig = (config: Partial<RunConfigInput>): Partial<RunConfigInput> => config;
