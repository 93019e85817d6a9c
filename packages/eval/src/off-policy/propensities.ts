import { rowOf, throwIfAborted, type Matrix, type RunContext } from '@routeprofile/schema';
import { equalMassBins } from '../confidence/calibration.js';
import { chancesAt, fitChoices, type ChoiceModel } from './choice-model.js';
import type { LoggedRows } from './logged-rows.js';

/** Axes and penalties, tried from the simplest on for as long as held-out choices become likelier. */
const TRIED = [
  { axes: 0, penalty: 1 },
  { axes: 8, penalty: 1 },
  { axes: 32, penalty: 1 },
  { axes: 32, penalty: 0.1 },
] as const;
const CALIBRATION_BINS = 10;

/** How good estimated propensities are, on rows that they were not learned from. */
export interface PropensityCalibration {
  /** Principal axes of the queries' vectors that they depend on; 0: on nothing but the model. */
  axes: number;
  /** Mean log likelihood of the logged choice, natural logarithm; and under the models' shares alone. */
  logLikelihood: number;
  logLikelihoodOfShares: number;
  /**
   * Mean over all pairs of row and model, in 10 bins of about as many pairs by rising propensity, of |mean propensity − share that was
   * chosen|. From 0 to 1.
   */
  calibrationError: number;
}

/** The chance of each model to be measured on each row. */
export interface Propensities {
  source: 'logged' | 'estimated';
  /** Shape [rows × models]: what weights are made of. */
  weighing: Float64Array;
  /** Shape [rows × models]: what overlap is judged by. The same before clipping; estimates where only the choice's was logged. */
  overlap: Float64Array;
  /**
   * Shape [rows × models]: the same, without a look at what was chosen on the row itself, before clipping. Whoever picks rows to ask
   * has to pick by these: the logged chance of the choice alone gives away which model it was.
   */
  foretold: Float64Array;
  /** Rows whose logged choice had an estimate below the floor, which was raised to it. */
  clipped: number;
  calibration: PropensityCalibration | null;
}

/**
 * The logged propensities as they are, or estimates: multinomial logistic regression of the choice on the query, fitted on the
 * other folds for each fold, at least `floor`. Where the log has the propensity of its choice alone, that of the others is estimated
 * too, to judge the overlap; it never weighs.
 */
export function propensitiesOf(
  log: LoggedRows,
  points: Matrix,
  parts: readonly { heldOut: Int32Array; rest: Int32Array }[],
  floor: number,
  ctx: Pick<RunContext, 'signal' | 'onProgress'>,
): Propensities {
  const { asked, judged } = log;
  const reached = ofChoices(log, points, parts, floor, ctx);
  // What is never judged is as far out of reach as what is never asked.
  const overlap = judged
    ? reached.overlap.map((chance, k) => (judged[k % judged.length] === 0 ? 0 : chance))
    : reached.overlap;
  const found = { ...reached, overlap };
  if (!asked) return found;
  const raised = (chances: Float64Array) => chances.map((chance, k) => (asked[k] ? 1 : chance));
  const { weighing, foretold } = found;
  return { ...found, weighing: raised(weighing), overlap: raised(overlap), foretold: raised(foretold) };
}

function ofChoices(
  { chosen, propensities, models, asked }: LoggedRows,
  points: Matrix,
  parts: readonly { heldOut: Int32Array; rest: Int32Array }[],
  floor: number,
  ctx: Pick<RunContext, 'signal' | 'onProgress'>,
): Propensities {
  const width = models.length;
  if (propensities?.of === 'all') {
    const { values } = propensities;
    return { source: 'logged', weighing: values, overlap: values, foretold: values, clipped: 0, calibration: null };
  }
  const { chances, calibration } = estimateChoices(points, chosen, width, parts, ctx);
  if (propensities) {
    const { values } = propensities;
    const known = chances.slice();
    chosen.forEach((model, row) => (known[row * width + model] = values[row]!));
    const overlap = known.map((chance, k) => {
      const row = Math.floor(k / width);
      // The others share what the choice leaves: nothing, where nothing was drawn. On rows that were asked on purpose the chance of the
      // choice is that of being asked.
      const completed = asked?.subarray(row * width, (row + 1) * width).includes(1) ?? false;
      return chosen[row] === k % width || completed ? chance : Math.min(chance, 1 - values[row]!);
    });
    return { source: 'logged', weighing: known, overlap, foretold: chances, clipped: 0, calibration: null };
  }
  let clipped = 0;
  chosen.forEach((model, row) => {
    if (chances[row * width + model]! < floor) clipped++;
  });
  const weighing = chances.map((chance) => Math.max(chance, floor));
  return { source: 'estimated', weighing, overlap: chances, foretold: chances, clipped, calibration };
}

/** Out-of-fold chances under the settings that make the held-out choices likeliest. */
function estimateChoices(
  points: Matrix,
  chosen: Int32Array,
  models: number,
  parts: readonly { heldOut: Int32Array; rest: Int32Array }[],
  ctx: Pick<RunContext, 'signal' | 'onProgress'>,
): { chances: Float64Array; calibration: PropensityCalibration } {
  const tried = TRIED.map(({ axes, penalty }) => ({ axes: Math.min(axes, points.cols), penalty })).filter(
    (own, i, all) =>
      all.findIndex((each) => each.axes === own.axes && (own.axes === 0 || each.penalty === own.penalty)) === i,
  );
  const starts: (ChoiceModel | undefined)[] = parts.map(() => undefined);
  const fitted = ({ axes, penalty }: { axes: number; penalty: number }) => {
    const chances = new Float64Array(chosen.length * models);
    parts.forEach(({ heldOut, rest }, fold) => {
      throwIfAborted(ctx);
      const start = starts[fold];
      const model = fitChoices(points, chosen, models, rest, { axes, penalty, ...(start && { start }) });
      starts[fold] = model;
      for (const row of heldOut)
        chancesAt(model, rowOf(points, row), chances.subarray(row * models, (row + 1) * models));
    });
    let sum = 0;
    chosen.forEach((model, row) => (sum += Math.log(Math.max(chances[row * models + model]!, Number.MIN_VALUE))));
    return { axes, chances, logLikelihood: sum / chosen.length };
  };
  const simplest = fitted(tried[0]!);
  let best = simplest;
  for (const [i, setting] of tried.slice(1).entries()) {
    ctx.onProgress?.({ stage: 'off-policy: propensities', done: i, total: tried.length - 1 });
    const found = fitted(setting);
    if (!(found.logLikelihood > best.logLikelihood)) break;
    best = found;
  }
  return {
    chances: best.chances,
    calibration: {
      axes: best.axes,
      logLikelihood: best.logLikelihood,
      logLikelihoodOfShares: simplest.logLikelihood,
      calibrationError: calibrationError(best.chances, chosen, models),
    },
  };
}

function calibrationError(chances: Float64Array, chosen: Int32Array, models: number): number {
  const { bin, bins } = equalMassBins(chances, CALIBRATION_BINS);
  const gaps = new Float64Array(bins);
  chances.forEach((chance, k) => {
    const hit = chosen[Math.floor(k / models)] === k % models ? 1 : 0;
    gaps[bin[k]!]! += chance - hit;
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / chances.length;
}
