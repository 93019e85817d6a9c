import { z } from 'zod';
import { figureSchema } from './formats/numbers.js';
import { METRIC_FORMATS } from './metric.js';
import { offPolicySchema } from './report-off-policy.js';
import { keptPromiseSchema, recommendationSchema } from './report-recommendation.js';
import {
  calibrationSchema,
  constantsFrontierSchema,
  frontierSchema,
  intervalSchema,
  quantizationSchema,
  regretSchema,
  riskCoverageSchema,
  robustnessSchema,
} from './report-sections.js';

export {
  type Contender,
  contenderSchema,
  type KeptPromise,
  keptPromiseSchema,
  promiseSchema,
  type Recommendation,
  recommendationSchema,
  type RouterPromise,
  type Verdict,
  verdictSchema,
} from './report-recommendation.js';
export {
  type Calibration,
  calibrationSchema,
  type ConstantsFrontier,
  constantsFrontierSchema,
  type CostPoint,
  type Estimate,
  type EstimatedPoint,
  estimateSchema,
  type Frontier,
  frontierSchema,
  type Interval,
  intervalSchema,
  type OperatingPoint,
  operatingPointSchema,
  type Quantization,
  quantizationSchema,
  type Regret,
  regretSchema,
  type RiskCoverage,
  riskCoverageSchema,
  type Robustness,
  robustnessSchema,
} from './report-sections.js';
export { type PolicyRows, type RowsFile, rowsFileSchema, type SeededRows } from './rows-file.js';

const nullable = figureSchema.nullable();

/** Units: dollars per 1,000 queries for cost, bits for entropy, shares between 0 and 1. null where the data cannot say. */
export const metricsSchema = z.record(z.string(), nullable);
/**
 * Metric name → value; null where the data cannot say. Costs are dollars per 1,000 queries, entropy is in bits, shares
 * lie between 0 and 1.
 */
export type Metrics = z.infer<typeof metricsSchema>;

/**
 * Whether a router is a constant in disguise: it gives one model at least 95 % of the queries, spreads over at most
 * 1.25 models, or has the average of a constant and its scores on 95 % of the rows without being known to cost less than 95 % of it. On fewer than 10 rows nothing can be said, so the flag is off.
 */
export const collapseSchema = z.object({
  /** A constant in disguise. */
  flag: z.boolean(),
  /** Share of the queries that the most chosen model got. */
  topShare: figureSchema,
  /** 2 to the power of the selection's entropy in bits. */
  effectiveModels: figureSchema,
  /** The constant whose average performance it equals to rounding, if it does. */
  equals: z.string().nullable(),
});
/** Whether a router is a constant in disguise, and what speaks for it. */
export type Collapse = z.infer<typeof collapseSchema>;

/**
 * The figures of a policy: metrics on all rows used and per task, and the share of the queries (0 to 1) that each model
 * got; a model that got none is absent.
 */
export const evaluationSchema = z.object({
  metrics: metricsSchema,
  perTask: z.record(z.string(), metricsSchema),
  selection: z.record(z.string(), figureSchema),
});
/** The figures of a policy: metrics on all rows used and per task, and each model's share of the queries (0 to 1). */
export type Evaluation = z.infer<typeof evaluationSchema>;

/** A cell of the run: one profile × router × seed, its options and its figures on the test rows. */
export const reportRowSchema = evaluationSchema.extend({
  profile: z.string(),
  router: z.string(),
  /** Tells rows apart when a strategy occurs with several options. */
  label: z.string(),
  /** The graph its profile was built on. */
  graph: z.string().optional(),
  options: z.object({ profile: z.record(z.string(), z.unknown()), router: z.record(z.string(), z.unknown()) }),
  seed: z.number(),
  /**
   * By metric, against best-single; `METRIC_vs_best_in_hindsight` is against the best constant on these very rows. null: too few
   * rows, or all alike, for an interval; a warning says so.
   */
  intervals: z.record(z.string(), intervalSchema.nullable()),
  collapse: collapseSchema,
  /** Figures of the profile set, such as its mean pairwise cosine. */
  profileDiagnostics: z.record(z.string(), figureSchema).optional(),
  /** null: the cost of some call is unknown. Sections are absent where the run did not ask for them. */
  frontier: frontierSchema.nullable().optional(),
  /** null: scores outside 0 to 1. */
  riskCoverage: riskCoverageSchema.nullable().optional(),
  calibration: calibrationSchema.nullable().optional(),
  regret: regretSchema.nullable().optional(),
  robustness: robustnessSchema.optional(),
  quantization: quantizationSchema.optional(),
});
/** A cell of the run: one profile × router × seed, its options and its figures on the test rows. */
export type ReportRow = z.infer<typeof reportRowSchema>;

/** A cell that failed, with the error's code and message. The other cells go on. */
export const failedCellSchema = z.object({
  profile: z.string(),
  router: z.string(),
  label: z.string(),
  seed: z.number(),
  code: z.string(),
  message: z.string(),
});
/** A cell that failed, with the error's code and message. */
export type FailedCell = z.infer<typeof failedCellSchema>;

/** A policy to compare with, such as `best-single`, `oracle` or `constant:MODEL`, on the same rows. */
export const baselineSchema = z.object({
  metrics: metricsSchema,
  perTask: z.record(z.string(), metricsSchema).optional(),
  selection: z.record(z.string(), figureSchema).optional(),
  /** The model it stands for, where it is one. Beyond 100 candidates `constant:MODEL` has no `perTask`. */
  model: z.string().optional(),
});
/** A policy to compare with, such as `best-single`, `oracle` or `constant:MODEL`, on the same rows. */
export type Baseline = z.infer<typeof baselineSchema>;

/** How a metric that is not built in is called and written, as its author says. */
export const describedMetricSchema = z.object({
  name: z.string(),
  title: z.string(),
  summary: z.string(),
  format: z.enum(METRIC_FORMATS),
  higherIsBetter: z.boolean(),
});
/** How a metric that is not built in is called and written, as its author says. */
export type DescribedMetric = z.infer<typeof describedMetricSchema>;

/** A line of `OUT/constants.jsonl`: always choosing one model, and its point in the plane of cost and quality. */
export const constantLineSchema = baselineSchema.extend({
  model: z.string(),
  /** Of `constantsFrontier`; absent where the report has none, or it does not know the model's cost. */
  point: constantsFrontierSchema.shape.points.element.omit({ model: true }).optional(),
});
/** A line of `OUT/constants.jsonl`: always choosing one model, and its point in the plane of cost and quality. */
export type ConstantLine = z.infer<typeof constantLineSchema>;

/** A part of the report that grows with the models, and lies whole in a file of its own. */
export const elsewhereSchema = z.object({
  /** `constants`: the baselines `constant:MODEL`, and the points of `constantsFrontier`. */
  part: z.string(),
  /** Name of a file beside report.json: JSON lines. */
  file: z.string().regex(/^[\w-]+\.jsonl$/),
  /** How many there are, all of them in the file; and how many of them the report has too. */
  total: z.number().int(),
  here: z.number().int(),
  /** The same in one sentence. */
  words: z.string(),
});
/** A part of the report that lies whole in a file of its own. */
export type Elsewhere = z.infer<typeof elsewhereSchema>;

/** `OUT/report.json`. Numbers are not rounded; no timings, so that the same run gives the same bytes. */
export const runReportSchema = z.object({
  version: z.literal(1),
  dataset: z.object({
    name: z.string(),
    layout: z.string(),
    hash: z.string(),
    test: z.string(),
  }),
  /** True when the outcomes were simulated; every table and plot says so. */
  simulated: z.boolean(),
  mode: z.enum(['standard', 'newllm']),
  encoder: z.string(),
  graph: z.string(),
  candidates: z.array(z.string()),
  newModels: z.array(z.string()),
  leftOut: z.array(z.object({ model: z.string(), coverage: figureSchema })),
  /** Test rows where every candidate has an outcome, and the others. */
  rowsUsed: z.number().int(),
  rowsIncomplete: z.number().int(),
  /** Test queries whose text occurs among the training queries. */
  overlap: z.number().int(),
  tasks: z.record(z.string(), z.number().int()),
  warnings: z.array(z.string()),
  rows: z.array(reportRowSchema),
  failed: z.array(failedCellSchema),
  baselines: z.record(z.string(), baselineSchema),
  /** Where the cost of every call is known. */
  constantsFrontier: constantsFrontierSchema.optional(),
  /** What has only a part of its entries here. Absent where nothing was left out, and in reports of earlier versions. */
  elsewhere: z.array(elsewhereSchema).optional(),
  /** Absent where the log cannot judge what would be recommended, and in reports of earlier versions. */
  recommendation: recommendationSchema.optional(),
  /** Why nothing is recommended, in words. */
  notRecommended: z.string().optional(),
  /** What routers promised in training, and whether test rows kept it. Absent in reports of earlier versions. */
  promises: z.array(keptPromiseSchema).optional(),
  /**
   * Where test rows are a log and (almost) none has an outcome of every candidate: what can be estimated from them. The rows' own
   * figures are null then, but for what they choose.
   */
  offPolicy: offPolicySchema.optional(),
  /** The metrics that are not built in; absent without any, and in reports of earlier versions. */
  metrics: z.array(describedMetricSchema).optional(),
  versions: z.record(z.string(), z.string()),
});
/** Contents of `OUT/report.json`, which `routeprofile run --json` prints. Numbers are not rounded. */
export type RunReport = z.infer<typeof runReportSchema>;
