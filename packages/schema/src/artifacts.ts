import { z } from 'zod';
import { distinctNamesSchema, nameSchema } from './formats/common.js';
import { finiteSchema, float32Schema, latencySchema, pricePerMillionSchema, tokensSchema } from './formats/numbers.js';
import { NODE_TYPES } from './graph.js';

/** The zod schema of `DesignPoint`: the four dimensions of arXiv 2605.00180. */
export const designPointSchema = z.object({
  form: z.enum(['flat', 'structured']),
  representation: z.enum(['index', 'text', 'embedding', 'scores']),
  hops: z.number().int().min(0),
  learning: z.enum(['training-free', 'trainable']),
});

/** The zod schema of `Provenance`: where a profile set comes from. */
export const provenanceSchema = z.object({
  strategy: z.string(),
  options: z.record(z.string(), z.unknown()),
  designPoint: designPointSchema,
  encoder: z.string().nullable(),
  graph: z.object({ name: z.string(), hash: z.string() }).nullable(),
  seed: z.number().int().min(0),
  versions: z.record(z.string(), z.string()),
  simulated: z.boolean().optional(),
  diagnostics: z.record(z.string(), finiteSchema).optional(),
  notes: z.array(z.string()).optional(),
});

/** `NAME.json` beside `NAME.npz`: which models, in which order, made how. Keyed scores lie in the npz under `keyed:…`. */
export const profileManifestSchema = z.object({
  version: z.literal(1),
  models: distinctNamesSchema.min(1),
  dimensions: z.number().int().min(1),
  /** Content hash of the npz it belongs to. */
  vectors: z.string(),
  provenance: provenanceSchema,
  texts: z.array(z.string()).optional(),
  biases: z.array(float32Schema).optional(),
  keyLabels: z.array(z.string()).optional(),
});
/** Contents of a profile set's `NAME.json`: which models, in which order, made how. */
export type ProfileManifest = z.infer<typeof profileManifestSchema>;

/** The zod schema of `Candidate`: a model that a router may choose, with what is known of it. */
export const candidateSchema = z.object({
  id: nameSchema,
  model: z.string().min(1),
  params: z.record(z.string(), z.unknown()).optional(),
  price: z
    .object({
      input: pricePerMillionSchema,
      output: pricePerMillionSchema,
      cachedInput: pricePerMillionSchema.optional(),
      cacheWrite: pricePerMillionSchema.optional(),
    })
    .optional(),
  limits: z.object({ contextTokens: tokensSchema.optional(), maxOutputTokens: tokensSchema.optional() }).optional(),
  capabilities: z
    .object({
      jsonMode: z.boolean().optional(),
      jsonSchema: z.boolean().optional(),
      tools: z.boolean().optional(),
      vision: z.boolean().optional(),
      audio: z.boolean().optional(),
      logprobs: z.boolean().optional(),
      reasoning: z.boolean().optional(),
      region: z.string().min(1).optional(),
      local: z.boolean().optional(),
    })
    .optional(),
  latency: z
    .object({
      firstToken: latencySchema.optional(),
      perOutputToken: latencySchema.optional(),
      total: latencySchema.optional(),
      p90: latencySchema.optional(),
    })
    .optional(),
  tokensPerTask: z
    .record(z.string(), z.object({ input: tokensSchema.optional(), output: tokensSchema.optional() }))
    .optional(),
});

/** `router.json` beside `weights.npz`. */
export const routerManifestSchema = z.object({
  version: z.literal(1),
  strategy: z.string().min(1),
  options: z.record(z.string(), z.unknown()),
  models: distinctNamesSchema.min(1),
  candidates: z.array(candidateSchema).optional(),
  encoder: z.string().nullable(),
  dimensions: z.number().int().min(1).nullable(),
  seed: z.number().int().min(0),
  reference: z.string().optional(),
  profile: z.string().optional(),
  sharedPrefixes: z.array(z.string().min(1)).optional(),
  bestSingle: z.string().min(1).optional(),
  state: z.record(z.string(), z.unknown()),
});

/** `router.json` as written: the manifest and the hash of its weights file. */
export const routerFileSchema = routerManifestSchema.extend({ weights: z.string() });

/** `graph.json`: a graphology serialisation; node and edge attributes are ours. */
export const graphFileSchema = z.looseObject({
  options: z.looseObject({ type: z.literal('directed'), multi: z.boolean() }),
  attributes: z.looseObject({ name: z.string(), format: z.literal('routeprofile-graph-1') }),
  nodes: z.array(
    z.looseObject({
      key: z.string(),
      attributes: z.looseObject({
        type: z.enum(NODE_TYPES),
        name: z.string(),
        text: z.string(),
      }),
    }),
  ),
  edges: z.array(
    z.looseObject({
      source: z.string(),
      target: z.string(),
      attributes: z.looseObject({ relation: z.string(), score: float32Schema.optional() }),
    }),
  ),
});
/** Contents of `graph.json`: a graphology serialisation of a directed graph. */
export type GraphFile = z.infer<typeof graphFileSchema>;
