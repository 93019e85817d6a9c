import { z } from 'zod';
import { nameSchema } from './formats/common.js';
import { pricePerMillionSchema } from './formats/numbers.js';
import { parseNamedReference } from './options.js';

/** Where a secret is: never the secret itself, so that a config can be shared. */
const secretReferenceSchema = z
  .string()
  .regex(
    /^env:[A-Za-z_][A-Za-z0-9_]*$/,
    'expected env:NAME, the name of an environment variable, never the key itself',
  );

const priceSchema = z.strictObject({
  input: pricePerMillionSchema,
  output: pricePerMillionSchema,
  cachedInput: pricePerMillionSchema.optional(),
  cacheWrite: pricePerMillionSchema.optional(),
});

/** What is the same for every model, however it is reached. */
const asked = {
  /** Dollars per million tokens. */
  price: priceSchema.optional(),
  /** Most tokens of an answer, reasoning included. */
  maxOutputTokens: z.number().int().min(1).max(10_000_000).default(1024),
  /** Seconds per attempt. */
  timeout: z.number().positive().max(86_400).default(120),
  /** Calls at the same time, of all models at the same endpoint. */
  concurrency: z.number().int().min(1).max(1024).default(4),
  /** Of all models at the same endpoint; the smallest number counts. */
  requestsPerMinute: z.number().positive().optional(),
  tokensPerMinute: z.number().positive().optional(),
  /** For `models.json`: what the model is, in a sentence or two. */
  description: z.string().min(1).optional(),
  /** For `models.json`. */
  family: z.string().min(1).optional(),
};

const endpointModelSchema = z.strictObject({
  /** `chat`: OpenAI's chat completions, which most servers speak. `messages`: Anthropic's. */
  wire: z.enum(['chat', 'messages']).default('chat'),
  baseUrl: z.string().min(1),
  key: secretReferenceSchema.optional(),
  /** The model's name at the endpoint. Default: the id. */
  model: z.string().min(1).optional(),
  /** Further fields of every request, such as `temperature`. */
  params: z.record(z.string(), z.unknown()).default({}),
  ...asked,
});

/** An object of the AI SDK, as a `.ts` or `.js` config can hold; what it offers is checked when it is asked. */
export interface LanguageModelObject {
  specificationVersion: string;
  provider: string;
  modelId: string;
  doGenerate(options: never): PromiseLike<unknown>;
}
const languageModelSchema = z.custom<LanguageModelObject>(
  (value) => typeof value === 'object' && value !== null && 'doGenerate' in value && 'modelId' in value,
  'is not a language model object of the AI SDK',
);
const objectModelSchema = z.strictObject({
  languageModel: languageModelSchema,
  /** Call settings of the AI SDK, such as `temperature` and `providerOptions`. */
  params: z.record(z.string(), z.unknown()).default({}),
  ...asked,
});

const askedModelSchema = z.union([
  endpointModelSchema,
  objectModelSchema,
  // The object by itself, with everything else by default.
  languageModelSchema.transform((languageModel) => objectModelSchema.parse({ languageModel })),
]);
/** A model to ask, defaults filled in: behind an endpoint, or an object of the AI SDK. */
export type AskedModel = z.infer<typeof askedModelSchema>;

const graderSchema = z.union([
  z.string().min(1).transform(parseNamedReference),
  z.strictObject({ name: z.string().min(1), options: z.record(z.string(), z.unknown()).default({}) }),
]);

/** The `collect` section of a config file: what `routeprofile collect` asks, of whom, and how answers are graded. */
export const collectConfigSchema = z.strictObject({
  /** Prompts, one JSON object per line, or one text per line. */
  prompts: z.string().min(1),
  /** Candidate id → the model. */
  models: z.record(nameSchema, askedModelSchema),
  /** Models that only graders ask. */
  judges: z.record(nameSchema, askedModelSchema).default({}),
  /** `metric`, `regex:pattern=…`, `json-schema:file=…`, `code`, `judge:model=…`, or a package or a file of a plugin. */
  grader: graderSchema.prefault('metric'),
  /** Task → grader, where it differs. */
  taskGraders: z.record(nameSchema, graderSchema).default({}),
  /** Sent before every query. */
  system: z.string().min(1).optional(),
  /** Dollars, judges included. Absent: no limit. */
  budget: z.number().min(0).optional(),
  /** When the budget does not cover every pair: a complete grid first, then the pairs that tell most. */
  plan: z.boolean().default(false),
  /** Answers that are there already: `answers.jsonl` of another run, or lines with `query`, `model` and `answer`. */
  reuse: z.array(z.string().min(1)).default([]),
  /** Attempts after the first. */
  retries: z.number().int().min(0).max(100).default(5),
  /** Labels of people, for graders that judge. */
  gold: z.string().min(1).optional(),
  seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(42),
  out: z.string().min(1).default('routeprofile-collected'),
});
/** A checked `collect` section, defaults filled in. */
export type CollectConfig = z.infer<typeof collectConfigSchema>;
/** A `collect` section as people write it: `prompts` and `models` are needed. */
export type CollectConfigInput = z.input<typeof collectConfigSchema>;
