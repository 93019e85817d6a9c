import { z } from 'zod';
import { nameSchema } from './common.js';
import { finiteSchema, latencySchema, pricePerMillionSchema, scoreSchema, tokensSchema } from './numbers.js';

/** The published layout's files (profile_data/, route_data/). Unknown extra fields are kept. */

const nullableString = z.string().nullish();

/** One entry of `model_feature_*.json`, `candidate_models.json` and `models.json`. */
export const modelCardFileSchema = z.looseObject({
  /** What the model is, in words. Empty or absent: a text is made of what else is known of it. */
  feature: z.string().default(''),
  /** The family's name; `unknown` or absent: none. */
  architecture: z.string().nullish(),
  /** Task → score, null = not measured. */
  detailed_scores: z.record(nameSchema, scoreSchema.nullable()).default({}),
  size: nullableString,
  /** Billions. */
  parameters: finiteSchema.nullish(),
  /** Dollars per million tokens. */
  input_price: pricePerMillionSchema.nullish(),
  output_price: pricePerMillionSchema.nullish(),
  /** Ours, optional: dollars per million input tokens read from the provider's prompt cache, and written to it. */
  cached_input_price: pricePerMillionSchema.nullish(),
  cache_write_price: pricePerMillionSchema.nullish(),
  /** Ours, optional: which list the prices are from, and its date (such as 2026-11-29). */
  price_source: nullableString,
  price_date: nullableString,
  /** What the provider calls the model, where that differs from the entry's key; a router names it by the key. */
  model: nullableString,
  /** Ours, optional: settings to call the model with, such as a reasoning effort. */
  params: z.record(z.string(), z.unknown()).nullish(),
  service: nullableString,
  api_endpoint: nullableString,
  average_score: scoreSchema.nullish(),
  license: nullableString,
  tags: z.array(z.string()).nullish(),
  languages: z.array(z.string()).nullish(),
  router_enabled: z.boolean().nullish(),
  role: nullableString,
  /** Ours, optional: tokens the model can read and write together. */
  context_tokens: tokensSchema.nullish(),
  /** Ours, optional: the longest answer, in tokens. */
  max_output_tokens: tokensSchema.nullish(),
  /** Ours, optional: seconds, where nothing was measured. */
  latency: z
    .looseObject({
      first_token: latencySchema.optional(),
      per_output_token: latencySchema.optional(),
      total: latencySchema.optional(),
      p90: latencySchema.optional(),
    })
    .nullish(),
  /** Ours, optional: what the model can do, for whoever asks for it (`+constraints`). What is not said counts as no. */
  capabilities: z
    .looseObject({
      json_mode: z.boolean().optional(),
      json_schema: z.boolean().optional(),
      tools: z.boolean().optional(),
      vision: z.boolean().optional(),
      audio: z.boolean().optional(),
      logprobs: z.boolean().optional(),
      reasoning: z.boolean().optional(),
      /** Where it runs, such as `eu`. */
      region: z.string().min(1).optional(),
      /** Runs on the user's own machines. */
      local: z.boolean().optional(),
    })
    .nullish(),
});
/**
 * What a file says of one model: its text (`feature`), family, task scores, and prices in dollars per million tokens.
 */
export type ModelCardFile = z.infer<typeof modelCardFileSchema>;

/** All of `model_feature_*.json`, `candidate_models.json` or `models.json`: model name → card. */
export const modelCardsFileSchema = z.record(nameSchema, modelCardFileSchema);

/** `model_family_feature.json`, `task_feature.json`, `domain_feature.json`. */
export const descriptionsFileSchema = z.record(nameSchema, z.string());
/** `domain_task_map.json`. */
export const domainTaskMapFileSchema = z.record(nameSchema, z.array(nameSchema));
/** `task_queries_*.json`. */
export const taskQueriesFileSchema = z.record(nameSchema, z.array(z.string()));

const queryFields = {
  task_name: nameSchema,
  query: z.string(),
  ground_truth: z.union([z.string(), finiteSchema, z.array(z.unknown())]).nullish(),
  metric: nullableString,
  /** A Python literal in a string, or JSON; most tasks have none. */
  choices: z.unknown().optional(),
  task_id: z.union([z.string(), z.number()]).nullish(),
};

/** A line of `default_query_{train,test}.jsonl`. */
export const defaultQuerySchema = z.looseObject(queryFields);

/** What one model did with one query in the routing data: its score (`task_performance`), its tokens, its answer. */
export const modelPerformanceSchema = z.looseObject({
  response: nullableString,
  prompt_tokens: tokensSchema.nullish(),
  completion_tokens: tokensSchema.nullish(),
  input_token: tokensSchema.nullish(),
  output_token: tokensSchema.nullish(),
  success: z.boolean().nullish(),
  /** null = not measured. */
  task_performance: scoreSchema.nullish(),
});

/** An element of `routing_test_data.json` and `routing_train_data.json`. */
export const routingRowSchema = z.looseObject({
  ...queryFields,
  formatted_query: z.looseObject({ system: nullableString, user: z.string() }).nullish(),
  model_performance: z.record(nameSchema, modelPerformanceSchema),
});
/** An element of `routing_*_data.json`: one query, and what each model did with it. */
export type RoutingRow = z.infer<typeof routingRowSchema>;
/** All of a `routing_*_data.json`. */
export const routingFileSchema = z.array(routingRowSchema);

/** An element of `pairwise_data`. */
export const pairwiseRowSchema = z.looseObject({ ...queryFields, better_model: nameSchema, worse_model: nameSchema });
/** One query, the model that did better on it, and the one that did worse. */
export type PairwiseRow = z.infer<typeof pairwiseRowSchema>;

/** The pairs of a `pairwise_training_data_*.json`. */
export const pairwiseRowsSchema = z.array(pairwiseRowSchema);

/** `pairwise_training_data_*.json`: the object, or its array alone. */
export const pairwiseFileSchema = z.union([
  z.looseObject({
    task_data_count: z.record(z.string(), finiteSchema).optional(),
    pairwise_data: pairwiseRowsSchema,
  }),
  pairwiseRowsSchema,
]);
