import { usageSchema, z } from '@routeprofile/schema';
import { recordedFaultSchema } from './fault.js';
import { ENDPOINT_WIRES } from './wire.js';

const count = z.number().min(0);

/** `Usage` of `@routeprofile/schema`, marked where the counts are ours and not the server's. */
const countedUsageSchema = usageSchema.extend({ estimated: z.literal(true).optional() });
/** What an attempt took. */
export type CountedUsage = z.infer<typeof countedUsageSchema>;

/** One try of one endpoint. */
const attemptSchema = z.object({
  endpoint: z.string(),
  candidate: z.string(),
  /** Absent where the answer was delivered whole. */
  fault: recordedFaultSchema.optional(),
  /** HTTP status of the server; absent where none came. */
  status: z.number().int().optional(),
  /** Milliseconds to the first content. */
  firstContentMs: count.optional(),
  /** Milliseconds to the end. */
  totalMs: count,
  usage: countedUsageSchema.optional(),
  /** Dollars; absent where the candidate has no price. */
  cost: count.optional(),
  /** Milliseconds that the server asked to wait. */
  retryAfterMs: count.optional(),
});
/** One try of one endpoint. */
export type Attempt = z.infer<typeof attemptSchema>;

const rankedSchema = z.looseObject({ model: z.string(), score: z.number() });
const reasonSchema = z.looseObject({ kind: z.string(), text: z.string(), model: z.string().optional() });

/** What was decided for one request, what came of it, and what it cost. One line of the journal. */
export const decisionRecordSchema = z.object({
  version: z.literal(1),
  id: z.string().min(1),
  /** Milliseconds since 1970. */
  at: z.number(),
  tenant: z.string(),
  wire: z.enum(ENDPOINT_WIRES),
  /** null for a request that named a candidate. */
  route: z.string().nullable(),
  /** What the model's name asked for beside the route. */
  overrides: z.record(z.string(), z.unknown()).optional(),
  /** The router that decided; null for a request that named a candidate. */
  router: z
    .object({
      strategy: z.string(),
      encoder: z.string().nullable(),
      /** Judged decisions that it had learned from since it was fitted; absent where it learns nothing. */
      learned: z.number().int().min(0).optional(),
    })
    .nullable(),
  /** The conversation, where the client names it. */
  session: z.string().optional(),
  requirements: z.record(z.string(), z.unknown()),
  /** The routing text, where the configuration has it kept. */
  text: z.string().optional(),
  /** The text's vector by the router's encoder, little-endian float32 in base64, where the configuration has it kept. */
  vector: z.string().optional(),
  ranked: z.array(rankedSchema),
  /** What routers would have chosen that only look on, and how many judged decisions they had learned from. */
  shadow: z
    .array(z.object({ router: z.string(), learned: z.number().int().min(0).optional(), model: z.string() }))
    .optional(),
  /** The candidate chosen; who answered is `served`. */
  model: z.string(),
  /** Chance with which this choice was drawn; 1 where the router draws nothing. */
  propensity: z.number().gt(0).max(1),
  reasons: z.array(reasonSchema),
  attempts: z.array(attemptSchema),
  /** Dollars of all attempts; absent where one that was charged has no price. */
  cost: count.optional(),
  /**
   * The model that would answer everything if nothing were routed, the best on average over the router's training data, and the
   * dollars that it would have cost: estimated with the tokens of the answer that was delivered.
   */
  bestSingle: z.object({ model: z.string(), cost: count }).optional(),
  /** The candidate whose answer was delivered, if only in part; null when none was. */
  served: z.string().nullable(),
  /** What the client was answered; 499 when it had left. */
  status: z.number().int(),
});
/** What was decided for one request, what came of it, and what it cost. */
export type DecisionRecord = z.infer<typeof decisionRecordSchema>;
