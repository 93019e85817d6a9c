import { z } from 'zod';
import { figureSchema } from './formats/numbers.js';

const knownSchema = z.object({
  known: z.literal(true),
  value: figureSchema,
  /** Ends of the 95 % interval. */
  low: figureSchema,
  high: figureSchema,
});
const unknown = <R extends string, S extends z.ZodRawShape>(reason: R, figures: S) =>
  z.object({ known: z.literal(false), reason: z.literal(reason), ...figures });

/** An estimate with its 95 % interval, or why a log does not give one. */
export const offPolicyVerdictSchema = z.union([
  knownSchema,
  unknown('small effective sample', { effectiveRows: figureSchema, least: figureSchema }),
  unknown('no overlap', { share: figureSchema, most: figureSchema }),
  unknown('propensities too small', { meanWeight: figureSchema, most: figureSchema }),
  unknown('cost not recorded', { rows: z.number().int() }),
]);
/** An estimate with its 95 % interval, or why a log does not give one. */
export type OffPolicyVerdict = z.infer<typeof offPolicyVerdictSchema>;

/** What a log says of one policy: a cell of the run, or something to compare with. */
export const offPolicyPolicySchema = z.object({
  /** The label of a row of the report, or a name such as `best-single`. */
  name: z.string(),
  /** Of a row; null for what it is compared with. */
  seed: z.number().nullable(),
  /** The model it always chooses, where it is one. */
  model: z.string().optional(),
  /** Mean score: doubly robust, which is the one to read; self-normalised; by inverse chances. */
  score: z.object({ dr: offPolicyVerdictSchema, snips: offPolicyVerdictSchema, ips: offPolicyVerdictSchema }),
  /** Dollars per 1,000 queries, doubly robust; null where the log has no costs. */
  costPer1k: offPolicyVerdictSchema.nullable(),
  /** Cost as a share of that of best-single, both doubly robust, with a paired bootstrap interval; null: not known, or that is free. */
  costShare: z
    .object({ value: figureSchema, low: figureSchema.nullable(), high: figureSchema.nullable() })
    .nullable()
    .optional(),
  /** Mean score less that of best-single on the same rows, paired; null for best-single itself and what chooses as it does. */
  difference: offPolicyVerdictSchema.nullable(),
  /** As many rows of equal weight would tell about as much (Kish); and the share of rows on which the log has its choice. */
  effectiveRows: figureSchema,
  matchedShare: figureSchema,
});
/** What a log says of one policy: a cell of the run, or something to compare with. */
export type OffPolicyPolicy = z.infer<typeof offPolicyPolicySchema>;

/** An outcome that a log lacks, or has by chance. */
const gapSchema = z.object({ query: z.string(), model: z.string() });

/** Which answers would tell what a log cannot, and tell it most. */
export const offPolicySuggestionsSchema = z.object({
  /** Whom they are for: rows of the report, with their seeds, or names such as `best-single`. */
  policies: z.array(z.object({ name: z.string(), seed: z.number().nullable() })),
  /** How many answers until all of these can be judged: 0 where they can be; null where these rows are too few for it. */
  needed: z.number().int().nullable(),
  /** The most telling first. */
  ask: z.array(
    gapSchema.extend({
      /** How likely the log was to have the answer. */
      propensity: figureSchema,
      /** Share, from 0 to 1, of what the log's gaps add to the variance of the estimates. */
      varianceShare: figureSchema,
    }),
  ),
  /** Would have been asked for but are in the log by luck: they have to be marked as asked too. */
  measured: z.array(gapSchema),
});
/** Which answers would tell what a log cannot, and tell it most. */
export type OffPolicySuggestions = z.infer<typeof offPolicySuggestionsSchema>;

/** Estimates from test rows that are a log: most have the outcome of the one model that answered. */
export const offPolicySchema = z.object({
  /** Test rows with an outcome. */
  rows: z.number().int(),
  /** What the estimates take for granted. */
  assumes: z.enum(['logged propensities', 'estimated propensities: no unseen confounder']),
  /** Chances below it count as none, and estimated ones are raised to it; and on how many rows that was so. */
  floor: figureSchema,
  clipped: z.number().int(),
  /** How far estimated chances are off, 0 to 1; null where the log states them. */
  calibrationError: figureSchema.nullable(),
  /** What is expected of a model where it was not asked comes from this. */
  rewardModel: z.string(),
  /** The cells in their order, then what they are compared with. */
  policies: z.array(offPolicyPolicySchema),
  /** Where the log cannot judge some policy, or `suggest` was given. */
  suggestions: offPolicySuggestionsSchema.optional(),
});
/** Estimates from test rows that are a log: most have the outcome of the one model that answered. */
export type OffPolicy = z.infer<typeof offPolicySchema>;
