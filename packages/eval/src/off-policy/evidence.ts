import { RouteProfileError, throwIfAborted, type Matrix, type RunContext } from '@routeprofile/schema';
import { assertLoggedRows, type LoggedRows } from './logged-rows.js';
import { dealRows, queryPoints, splits } from './points.js';
import { propensitiesOf, type Propensities } from './propensities.js';
import { relativeCosts } from './relative.js';
import { ridgeRewards, type RewardModel } from './reward-model.js';

/** How a log is prepared; the seed of the context deals the folds. */
export interface OffPolicyOptions extends Pick<RunContext, 'seed' | 'signal' | 'onProgress'> {
  /** Folds of the cross-fitting, at least 2. Default 5. */
  folds?: number;
  /**
   * Below this propensity a model counts as not asked; estimated propensities are raised to it. Above 0 and below 1. Default 0.01.
   */
  floor?: number;
  /** Default `ridgeRewards`. */
  rewardModel?: RewardModel;
}

/** A default of `OffPolicyOptions`. */
export const PROPENSITY_FLOOR = 0.01;
const FOLDS = 5;

/** What one log says, prepared once for every policy that is judged by it. */
export interface OffPolicyEvidence {
  models: readonly string[];
  rows: number;
  /** Shape [rows]: what the log's own policy chose. */
  chosen: Int32Array;
  floor: number;
  rewardModel: string;
  propensities: Propensities;
  /** Shape [rows × models]: 1 where a measurement has a weight. */
  counted: Uint8Array;
  /** Shape [rows × models]. */
  score: Outcomes;
  /** null where the log has no costs. */
  cost: Outcomes | null;
}

/** A kind of outcome: what was measured, and what was to be expected. Shape of each [rows × models]. */
export interface Outcomes {
  /** NaN where nothing was. */
  measured: Float64Array;
  /** Out of fold: by a reward model that did not see the row. */
  expected: Float64Array;
  /** Shape [models]: the chance that an answer of the model was measured once it was given. Absent: 1. */
  known?: Float64Array;
}

/**
 * Prepares a log for `offPolicyValue` and its like: propensities, and for each row what every model is expected to get, by a reward
 * model that was fitted on the other folds (cross-fitting: Chernozhukov et al. 2018, arXiv 1608.00060).
 *
 * Takes time in proportion to rows × models × axes (at most 32), some hundred times over when propensities have to be estimated.
 * @throws RouteProfileError as `assertLoggedRows`; BAD_OPTION for folds or a floor out of range; PLUGIN_FAILED for a reward model
 *   that predicts NaN or too few numbers; ABORTED
 */
export function fitOffPolicy(log: LoggedRows, options: OffPolicyOptions): OffPolicyEvidence {
  const { seed, folds: wanted = FOLDS, floor = PROPENSITY_FLOOR, rewardModel = ridgeRewards } = options;
  if (!(Number.isInteger(wanted) && wanted >= 2))
    throw new RouteProfileError('BAD_OPTION', `off-policy: folds is ${wanted}, expected an integer of at least 2`);
  if (!(floor > 0 && floor < 1))
    throw new RouteProfileError('BAD_OPTION', `off-policy: floor is ${floor}, expected a number between 0 and 1`);
  assertLoggedRows(log);
  const { models, chosen, score, judged, cost } = log;
  const rows = chosen.length;
  const folds = Math.min(wanted, rows);
  const points = queryPoints(log.vectors, rows, seed);
  const parts = splits(dealRows(rows, folds, seed), folds);
  const outcomesOf = (measured: Float64Array, model: RewardModel): Outcomes => ({
    measured,
    expected: outOfFold(points, measured, models.length, parts, model, options),
  });
  return {
    models,
    rows,
    chosen,
    floor,
    rewardModel: rewardModel.name,
    propensities: propensitiesOf(log, points, parts, floor, options),
    counted: countedMeasurements(log),
    score: { ...outcomesOf(score, rewardModel), ...(judged && { known: judged }) },
    cost: cost?.some((dollars) => !Number.isNaN(dollars)) ? outcomesOf(cost, relativeCosts(rewardModel)) : null,
  };
}

function outOfFold(
  points: Matrix,
  measured: Float64Array,
  models: number,
  parts: readonly { heldOut: Int32Array; rest: Int32Array }[],
  rewardModel: RewardModel,
  ctx: Pick<RunContext, 'signal' | 'onProgress'>,
): Float64Array {
  const out = new Float64Array(measured.length);
  for (const [fold, { heldOut, rest }] of parts.entries()) {
    throwIfAborted(ctx);
    ctx.onProgress?.({ stage: 'off-policy: expected outcomes', done: fold, total: parts.length });
    const predicted = rewardModel.predict({ points, models, measured, learnFrom: rest, predictFor: heldOut });
    if (predicted.length !== heldOut.length * models || predicted.some((x) => !Number.isFinite(x)))
      throw new RouteProfileError(
        'PLUGIN_FAILED',
        `reward model ${rewardModel.name}: expected ${heldOut.length * models} finite numbers`,
      );
    heldOut.forEach((row, i) => out.set(predicted.subarray(i * models, (i + 1) * models), row * models));
  }
  return out;
}

/**
 * The logged choice always counts. What was measured beside it counts only where the log says with which chance it came to be: a
 * weight made of the chance of being chosen would be wrong for it. The reward model learns from it all the same.
 */
function countedMeasurements({ models, chosen, score, propensities, asked }: LoggedRows): Uint8Array {
  const counted = new Uint8Array(score.length);
  if (propensities?.of === 'all')
    score.forEach((value, k) => (counted[k] = !Number.isNaN(value) && propensities.values[k]! > 0 ? 1 : 0));
  else chosen.forEach((model, row) => (counted[row * models.length + model] = 1));
  asked?.forEach((flag, k) => {
    if (flag) counted[k] = 1;
  });
  return counted;
}
