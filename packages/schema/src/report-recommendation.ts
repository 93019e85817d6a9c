import { z } from 'zod';

/** What a report recommends, what that saves or gains, how sure it is, and whether promises made in training were kept. */

/** A figure of the test rows; null for ends that the rows do not allow. */
const openEstimateSchema = z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() });

const comparedSchema = z.object({
  /** Mean score less that of the best single model, on the test rows. */
  difference: z.number(),
  /** Ends of its paired bootstrap 95 % interval; null where the rows allow none. */
  low: z.number().nullable(),
  high: z.number().nullable(),
});

/** A row of the report. */
const rowChoiceSchema = z.object({
  kind: z.literal('router'),
  label: z.string(),
  profile: z.string(),
  router: z.string(),
  seed: z.number(),
  /** Where the fitted router was saved, relative to the report; absent where it was not. */
  folder: z.string().optional(),
  /** What has to be named to ask the saved router, because a file alone may not decide it; absent: nothing. */
  mustName: z.array(z.enum(['plugin', 'encoder'])).optional(),
});

/** One model for every query: no router is needed. */
const modelChoiceSchema = z.object({ kind: z.literal('model'), model: z.string() });

/**
 * `better`: the interval of the quality difference lies above 0. `not-worse`: it lies above −margin. `worse`: it lies below 0 and
 * reaches below −margin. `undecided`: none of these, or there is no interval.
 */
export const verdictSchema = z.enum(['better', 'not-worse', 'undecided', 'worse']);
/** What test rows say of a router against the best single model. */
export type Verdict = z.infer<typeof verdictSchema>;

/** A contender as the training data see it, by fits that had not seen the queries they are judged on. */
export const contenderSchema = z.object({
  /** A row's label, or the best single model. */
  name: z.string(),
  /** Of a row; null for the best single model. */
  seed: z.number().nullable(),
  /** Mean score of the choices, or share of the pairs ranked right; null: not estimated. */
  quality: z.number().nullable(),
  /** Dollars per 1,000 queries; null: not known. */
  costPer1k: z.number().nullable(),
});
/** A contender as the training data see it, out of fold. */
export type Contender = z.infer<typeof contenderSchema>;

/** Which router (or model) to use, chosen on training data and judged on test rows. */
export const recommendationSchema = z.object({
  choice: z.discriminatedUnion('kind', [rowChoiceSchema, modelChoiceSchema]),
  /** How it was chosen, in words. */
  rule: z.string(),
  /** How much lower a mean score still counts as not worse, on the scale of the scores. */
  margin: z.number(),
  /** What the choice was made by; `order` where nothing could be estimated on training data. */
  chosenBy: z.enum(['out-of-fold outcomes', 'out-of-fold pairs', 'order']),
  /** Folds of the training queries; 0 where none were made. */
  folds: z.number().int(),
  contenders: z.array(contenderSchema),
  /** The model that training data single out; null where they single out none. */
  bestSingle: z.string().nullable(),
  /** The router that was judged: the choice, or one that test rows found worse than the best single model; null: none. */
  judged: rowChoiceSchema.nullable(),
  /** Of the router judged; null where there is nothing to judge or to compare with. */
  verdict: verdictSchema.nullable(),
  /** Quality of the router judged, against best-single. */
  quality: comparedSchema.nullable(),
  /** Its cost as a share of best-single's; null where that is free, or a cost is not known. */
  costShare: openEstimateSchema.nullable(),
  /** Dollars per 1,000 test queries. */
  costPer1k: z.object({ own: z.number().nullable(), bestSingle: z.number().nullable() }),
  testRows: z.number().int(),
  /** The recommendation in one sentence, then what it rests on. */
  words: z.string(),
  grounds: z.array(z.string()),
});
/** Which router (or model) to use, what that saves or gains, and how sure that is. */
export type Recommendation = z.infer<typeof recommendationSchema>;

/** What a router promised when it was fitted, as its wrapper holds it. */
export const promiseSchema = z.object({
  /** The wrapper that made it, such as `cost`. */
  wrapper: z.string(),
  /**
   * `within`: mean score at most `limit` below that of `against` (absent: the best single model). `budget`: at most `limit` dollars per query. `cost-share`: at most
   * `limit` of what `against` alone costs. `parity`: at least a share `limit` of all queries answered as well as `against` does.
   */
  kind: z.enum(['within', 'budget', 'cost-share', 'parity']),
  limit: z.number(),
  /** The model it is relative to. */
  against: z.string().optional(),
  /** Of `within`: the mean score, and the share of the best single model's cost, that training data gave out of fold. */
  trained: z.object({ quality: z.number(), costShare: z.number().nullable() }).optional(),
});
/** What a router promised when it was fitted. */
export type RouterPromise = z.infer<typeof promiseSchema>;

/** A promise, and what became of it on the test rows. */
export const keptPromiseSchema = promiseSchema.extend({
  label: z.string(),
  seed: z.number(),
  /** The figure that the limit is for, on test rows; null where the data cannot say. */
  found: openEstimateSchema.nullable(),
  /** Decided by the interval: wholly on the right side of the limit, wholly on the wrong side, or across it. */
  status: z.enum(['kept', 'broken', 'undecided']),
  /** Both in one sentence. */
  words: z.string(),
});
/** A promise made in training, and what became of it on the test rows. */
export type KeptPromise = z.infer<typeof keptPromiseSchema>;
