import { z } from 'zod';
import { figureSchema } from './formats/numbers.js';

/** What a report says of a row beyond its metrics. Every section is there only where a run asked for it and the data can say. */

/** A figure of the test rows and its bootstrap 95 % interval. */
export const estimateSchema = z.object({ value: figureSchema, low: figureSchema, high: figureSchema });
/** A figure of the test rows and its bootstrap 95 % interval. */
export type Estimate = z.infer<typeof estimateSchema>;

/** A paired bootstrap 95 % interval of a metric's difference to a baseline. */
export const intervalSchema = z.object({
  against: z.string(),
  difference: figureSchema,
  low: figureSchema,
  high: figureSchema,
});
/** A paired bootstrap 95 % interval of a metric's difference to the baseline `against`. */
export type Interval = z.infer<typeof intervalSchema>;

/** Mean dollars per 1,000 queries, and mean score. */
const costPointSchema = z.object({ cost: figureSchema, quality: figureSchema });
/** Mean dollars per 1,000 queries (`cost`), and mean score (`quality`). */
export type CostPoint = z.infer<typeof costPointSchema>;

/** Of a log: the point is a doubly robust estimate, and these are the ends of its 95 % intervals. */
const estimatedSchema = z.object({
  cost: z.object({ low: figureSchema, high: figureSchema }),
  quality: z.object({ low: figureSchema, high: figureSchema }),
});
/** Of a log: ends of the 95 % intervals of a point's cost and quality. */
export type EstimatedPoint = z.infer<typeof estimatedSchema>;

/** Always choosing one model, for each model: what a frontier has to lie above. */
export const constantsFrontierSchema = z.object({
  points: z.array(
    costPointSchema.extend({ model: z.string(), onHull: z.boolean(), estimated: estimatedSchema.optional() }),
  ),
  /** Area under the hull over the range of the constants' costs, divided by that range; null when all cost the same. */
  aiq: figureSchema.nullable(),
});
/** Always choosing one model, for each model: what a frontier has to lie above. */
export type ConstantsFrontier = z.infer<typeof constantsFrontierSchema>;

/** One point of a frontier, chosen on training data alone, and what it gave on the test rows. */
export const operatingPointSchema = costPointSchema.extend({
  /** What it was chosen for, such as `within 2 points of the best model`. */
  target: z.string(),
  lambda: figureSchema,
  /** What training data promised, out of fold; no cost share where the best single model is free. */
  outOfFold: z.object({ quality: figureSchema, costShare: figureSchema.nullable() }),
  /** What the test rows gave: quality less, and cost as a share of, the named constant's. */
  comparisons: z.array(z.object({ quality: intervalSchema, model: z.string(), costShare: estimateSchema.nullable() })),
});
/** One point of a frontier, chosen on training data alone, and what it gave on the test rows. */
export type OperatingPoint = z.infer<typeof operatingPointSchema>;

/** Mean cost and score of a router for each weight of cost, all chosen without labels. */
export const frontierSchema = z.object({
  points: z.array(
    costPointSchema.extend({ lambda: figureSchema, onHull: z.boolean(), estimated: estimatedSchema.optional() }),
  ),
  /** Of a log: weights of cost for which it cannot tell what the router would have got. They have no point. */
  unknownPoints: z.number().int().optional(),
  /** Average quality over the range of the constants' costs (AIQ of RouterBench, arXiv 2403.12031). */
  aiq: z.object({ router: figureSchema, constants: figureSchema, difference: intervalSchema }).nullable(),
  /** Lowest cost at which the frontier is as good as best-single, as a share of best-single's cost. */
  costToBestSingle: z
    .object({
      /** null: never. */
      share: figureSchema.nullable(),
      /** null: at this end of the interval, never. */
      low: figureSchema.nullable(),
      high: figureSchema.nullable(),
      /** Share of the resamples in which it gets there at all. */
      reached: figureSchema,
    })
    .nullable(),
  operatingPoint: operatingPointSchema.nullable(),
});
/** Mean cost and score of a router for each weight of cost (lambda). */
export type Frontier = z.infer<typeof frontierSchema>;

/** Risk (1 − score) of the share of rows the router is surest of (Geifman and El-Yaniv, arXiv 1705.08500). */
export const riskCoverageSchema = z.object({
  points: z.array(z.object({ coverage: figureSchema, risk: figureSchema })),
  /** Area under the curve: mean risk over all coverages. Lower is better. */
  aurc: estimateSchema,
  /** The area of random order, which is the mean risk, and of the best order there is. */
  random: figureSchema,
  perfect: figureSchema,
  difference: intervalSchema,
});
/** Risk (1 − score) of the share of rows the router is surest of, and the area under that curve (AURC). */
export type RiskCoverage = z.infer<typeof riskCoverageSchema>;

/**
 * How well predicted chances of a correct answer fit the scores, 0 to 1: reliability bins, expected calibration error,
 * Brier score.
 */
export const calibrationSchema = z.object({
  /** About equally many rows each, by rising probability. */
  bins: z.array(
    z.object({
      from: figureSchema,
      to: figureSchema,
      rows: z.number().int(),
      meanProbability: figureSchema,
      meanScore: estimateSchema,
    }),
  ),
  /** Expected calibration error (Guo et al., arXiv 1706.04599): mean distance of probability and score over the bins, by rows. */
  ece: estimateSchema,
  /** The error that chance alone would show on these rows were every probability right. */
  eceByChance: figureSchema,
  /** Mean squared distance of probability and score (Brier 1950). */
  brier: estimateSchema,
  meanProbability: figureSchema,
  meanScore: figureSchema,
});
/**
 * How well predicted chances of a correct answer fit the scores: reliability bins, expected calibration error, Brier
 * score.
 */
export type Calibration = z.infer<typeof calibrationSchema>;

/** How far the chosen models' scores fall short of the row's best. */
export const regretSchema = z.object({
  mean: estimateSchema,
  /** Share of the rows without any. */
  none: figureSchema,
  quantiles: z.array(z.object({ at: figureSchema, regret: figureSchema })),
});
/** How far the chosen models' scores fall short of the row's best, in units of the score. */
export type Regret = z.infer<typeof regretSchema>;

/** Whether the choice stays when a query is rephrased: one entry per way of rephrasing. */
export const robustnessSchema = z.array(
  z.object({
    perturbation: z.string(),
    /** Share of the queries that go to the same model as before. */
    unchanged: figureSchema,
    queries: z.number().int(),
    seed: figureSchema,
  }),
);
/** Whether the choice stays when a query is rephrased: one entry per way of rephrasing. */
export type Robustness = z.infer<typeof robustnessSchema>;

/** What compressing a profile set saved (bytes per model) and what it cost. */
export const quantizationSchema = z.object({
  /** Such as `int8` or `pca:16`. */
  spec: z.string(),
  bytesPerModel: figureSchema,
  bytesBefore: figureSchema,
  /** Relative error of the vectors read back: ‖before − after‖ / ‖before‖. */
  reconstructionError: figureSchema,
  /** Mean score less that with the profile as it was; absent when the run did not route with it. */
  quality: intervalSchema.optional(),
});
/** What compressing a profile set saved (bytes per model) and what it cost. */
export type Quantization = z.infer<typeof quantizationSchema>;
