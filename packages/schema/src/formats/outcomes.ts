import { z } from 'zod';
import type { TrajectoryStep } from '../dataset.js';
import { querySchema } from '../query.js';
import { nameSchema } from './common.js';
import { costSchema, latencySchema, NUMBER_BOUNDS, propensitySchema, scoreSchema, tokensSchema } from './numbers.js';
import { OUTCOME_SPELLINGS, spellingIssues } from './spellings.js';

/**
 * One of several answers of a model to one query: its text as it is compared (whole, or the choice or number alone), its score, dollars of
 * the call.
 */
export const sampleSchema = z.looseObject({
  answer: z.string(),
  score: scoreSchema.nullable(),
  cost: costSchema.nullish(),
});
/** An answer of a model to one query. */
export type Sample = z.infer<typeof sampleSchema>;

const outcomeFields = {
  score: scoreSchema.nullable(),
  /** Dollars per call. */
  cost: costSchema.nullish(),
  inputTokens: tokensSchema.nullish(),
  outputTokens: tokensSchema.nullish(),
  /** Seconds. */
  latency: latencySchema.nullish(),
  /** Chance in (0, 1] with which a policy chose this model for the query, where the log of one says so. */
  propensity: propensitySchema.nullish(),
  /** Who gave the score, such as `user`, `verifier` or `judge:MODEL`. */
  source: z.string().min(1).nullish(),
  /** Answers, of one or several calls, for what compares them (`replaySigma` and `replaySupportSet` of `@routeprofile/routers`). */
  samples: z.array(sampleSchema).nullish(),
};

/** What one model did with one query; a null score means "not measured". Other names of a field are `OUTCOME_SPELLINGS`. */
export const outcomeSchema = z.looseObject(outcomeFields).superRefine((outcome, context) => {
  for (const issue of spellingIssues(outcome, OUTCOME_SPELLINGS, outcomeFields)) context.addIssue(issue);
});
/**
 * What one model did with one query: score as stored (null = not measured), cost in dollars per call, tokens, latency
 * in seconds.
 */
export type Outcome = z.infer<typeof outcomeSchema>;

const trajectoryStepSchema: z.ZodType<TrajectoryStep> = z.looseObject({
  trajectory: z.string().min(1),
  index: z.number().int(),
  sharedTokens: tokensSchema,
});

/** A line of `outcomes.jsonl`. */
export const outcomeRowSchema = z.looseObject({
  id: z.union([z.string().min(1), z.number()]).transform(String),
  task: nameSchema.nullish(),
  split: z.string().min(1).nullish(),
  query: querySchema,
  /** Where the query stands in a trajectory of an agent. */
  trajectoryStep: trajectoryStepSchema.nullish(),
  models: z.record(nameSchema, outcomeSchema),
});
/** A line of `outcomes.jsonl`: one query and the outcomes of the models that were asked. */
export type OutcomeRow = z.infer<typeof outcomeRowSchema>;

const count = z.number().int().min(0);
const restOutcomesSchema = z
  .looseObject({
    /** Scores, their sum, and the sum of their squares: mean and standard error follow. Scores as in the rows. */
    scores: count,
    sum: z.number(),
    squares: z.number().min(0),
    /** Costs, and their sum in dollars. */
    costs: count,
    cost: z.number().min(0),
  })
  .refine(({ scores, sum }) => Math.abs(sum) <= scores * NUMBER_BOUNDS.score.most, {
    path: ['sum'],
    error: 'is more than that many scores can sum up to',
  })
  .refine(({ costs, cost }) => cost <= costs * NUMBER_BOUNDS.cost.most, {
    path: ['cost'],
    error: 'is more than that many costs can sum up to',
  });
/** What outcomes of one model sum up to: how many scores, their sum and that of their squares; how many costs, and their sum in dollars. */
export type RestOutcomes = z.infer<typeof restOutcomesSchema>;

const restOfLogSchema = z.looseObject({
  split: z.string().min(1).nullable(),
  task: nameSchema.nullable(),
  models: z.record(nameSchema, restOutcomesSchema),
});
/** The outcomes of one split and task that are not among a dataset's rows, summed up by model. */
export type RestOfLog = z.infer<typeof restOfLogSchema>;

/** `meta.json` beside it; everything is optional. */
export const outcomesMetaSchema = z.looseObject({
  name: z.string().optional(),
  source: z.string().optional(),
  licence: z.string().optional(),
  /** Outcomes came from a simulation, not from models. */
  simulated: z.boolean().optional(),
  /** The rows are a sample of a log: at most `perTask` queries of each task and split. What is not among them is summed up in `rest`. */
  sampled: z
    .looseObject({
      perTask: z.number().int().min(1),
      seed: z.number().int().min(0),
      /** Records that the log had. */
      rows: count,
      rest: z.array(restOfLogSchema),
    })
    .optional(),
});
