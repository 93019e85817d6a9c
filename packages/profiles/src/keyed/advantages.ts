import { additiveScores, overallOf, type AdditiveScores } from './additive.js';
import { samplingVariance, taskScales, type TaskScale } from './task-scale.js';
import { type ScoreTable, cardCell } from './score-table.js';
import type { ModelCard } from '@routeprofile/schema';

/**
 * What scores say of models, as y = centre[task] + overall[model] + own[model, task] + sampling error: an average model's score,
 * what the model is worth everywhere, and what it is worth here beyond that. Enough to place a further model beside the others.
 */
export interface AdvantageModel {
  tasks: readonly string[];
  scales: readonly TaskScale[];
  /** [tasks] */
  centre: Float64Array;
  /** Tasks that stand for the queries to come: overall advantages are theirs, as far as a model is measured on them. */
  routed: readonly boolean[];
  /** Variance of `own`; null: nothing is shrunk. */
  ownVariance: number | null;
  /** How many tasks of no advantage a model is given beforehand, and how many of its overall one before the routed tasks. */
  ridge: number;
  routedRidge: number;
}

/** One model placed: [tasks], NaN where it is not measured, in shares of one (0.1 is ten points). */
export interface Placed {
  advantages: Float64Array;
  overall: number;
}

/** A variance is at least this share of what was seen, so that few numbers that happen to agree do not shrink everything away. */
const LEAST_SHARE = 0.05;
/** Models that do not differ at all: their overall advantages are 0. */
const MAX_RIDGE = 1e6;

/** @param routed which tasks stand for the queries to come; all when none does */
export function fitAdvantages(
  table: ScoreTable,
  { shrink, scale, routed }: { shrink: boolean; scale: 'points' | 'spread'; routed: (task: string) => boolean },
): AdvantageModel {
  const { models, tasks } = table;
  const scales = taskScales(table, scale);
  const [rows, cols] = [models.length, tasks.length];
  const values = table.score.map((score, at) => score * scales[at % cols]!.factor);
  const plain = additiveScores(values, rows, cols);
  const chosen = tasks.map(routed);
  const isRouted = chosen.some((is) => is) ? chosen : tasks.map(() => true);
  const base = { tasks, scales, routed: isRouted };
  if (!shrink) return { ...base, centre: plain.centre, ownVariance: null, ridge: 0, routedRidge: 0 };
  const { own, overall } = variances(table, values, scales, plain);
  // Bayes: the mean of n advantages of variance `own` about an overall one of variance `overall`.
  const ridge = Math.min(own / overall, MAX_RIDGE);
  const { centre } = additiveScores(values, rows, cols, { ridge });
  return { ...base, centre, ownVariance: own, ridge, routedRidge: 1 };
}

/** Moments: residuals hold own advantages and sampling error, overall advantages hold a mean of both beside their own spread. */
function variances(
  { models, tasks, count }: ScoreTable,
  values: Float64Array,
  scales: readonly TaskScale[],
  { centre, overall }: AdditiveScores,
): { own: number; overall: number } {
  let [squares, sampling, cells] = [0, 0, 0];
  const measured = new Float64Array(models.length);
  values.forEach((value, at) => {
    if (Number.isNaN(value)) return;
    const [m, t] = [Math.floor(at / tasks.length), at % tasks.length];
    squares += (value - centre[t]! - overall[m]!) ** 2;
    sampling += varianceOf(value, count[at]!, scales[t]!);
    measured[m]!++;
    cells++;
  });
  const known = overall.filter((_, m) => measured[m]! > 0);
  const freedom = cells - known.length - tasks.length + 1;
  const error = cells === 0 ? 0 : sampling / cells;
  const residual = freedom > 0 ? squares / freedom : error;
  const between = known.reduce((sum, b) => sum + b * b, 0) / Math.max(1, known.length - 1);
  const perMean =
    residual *
    (known.length /
      Math.max(
        1,
        measured.reduce((a, b) => a + b, 0),
      ));
  return {
    own: Math.max(residual - error, LEAST_SHARE * residual, Number.MIN_VALUE),
    overall: Math.max(between - perMean, LEAST_SHARE * between, Number.MIN_VALUE),
  };
}

const varianceOf = (value: number, count: number, scale: TaskScale): number =>
  scale.factor === 0 ? 0 : samplingVariance(value / scale.factor, count, scale);

/**
 * A model beside those that were fitted.
 *
 * advantage = overall + w (y − centre − overall), w = ownVariance / (ownVariance + sampling variance): the fewer answers a score
 * rests on, the nearer it comes to what the model is worth everywhere.
 * @param score [tasks], as the source has them; NaN = not measured
 * @param count [tasks], answers behind each
 */
export function placeModel(fit: AdvantageModel, score: ArrayLike<number>, count: ArrayLike<number>): Placed {
  const { scales, centre, routed, ownVariance, ridge, routedRidge } = fit;
  const values = Float64Array.from(centre, (_, t) => score[t]! * scales[t]!.factor);
  const everywhere = overallOf(values, centre, ridge, 0);
  const overall = overallOf(
    values.map((y, t) => (routed[t] ? y : NaN)),
    centre,
    routedRidge,
    everywhere,
  );
  const advantages = values.map((y, t) => {
    const difference = y - centre[t]!;
    if (ownVariance === null || Number.isNaN(difference)) return difference;
    const weight = ownVariance / (ownVariance + varianceOf(y, count[t]!, scales[t]!));
    return overall + weight * (difference - overall);
  });
  return { advantages, overall };
}

/** Every model of the table, placed. */
export const placeAll = (fit: AdvantageModel, { models, tasks, score, count }: ScoreTable): Placed[] =>
  models.map((_, m) => {
    const row = (values: Float64Array) => values.subarray(m * tasks.length, (m + 1) * tasks.length);
    return placeModel(fit, row(score), row(count));
  });

/** A model by what its card says of the tasks of the fit. */
export function placeByCard(
  fit: AdvantageModel,
  card: ModelCard | undefined,
  { distrust, queriesOf }: { distrust: boolean; queriesOf: (task: string) => number | undefined },
): Placed {
  const cells = fit.tasks.map((task) => card && cardCell(card, task, distrust, queriesOf(task)));
  return placeModel(
    fit,
    cells.map((cell) => cell?.value ?? NaN),
    cells.map((cell) => cell?.count ?? 0),
  );
}
