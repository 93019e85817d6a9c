import type { Matrix } from '@routeprofile/schema';
import { minimize, softmax } from '@routeprofile/numerics';

/** Steps at most, and how small a gain ends them: propensities need no more digits than that. */
const STEPS = 60;
const TOLERANCE = 1e-5;
/** What the intercepts are drawn with to the models' shares; it keeps a model without a choice off minus infinity. */
const INTERCEPT_PENALTY = 0.01;

/** log-odds of model m at x: intercept_m + slopes_m · x. */
export interface ChoiceModel {
  /** Coordinates of a point that are read: the first ones. */
  axes: number;
  /** Shape [models × (1 + axes)]: intercept first. */
  weights: Float64Array;
}

/**
 * Multinomial logistic regression of the chosen model on the query's coordinates: minimizes −Σ log p(chosen | x) + penalty / 2 · Σ
 * slopes² (Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 4.4). Intercepts start at the models' shares.
 * @param rows which of the points to learn from
 * @param start the model of a similar problem, to start from
 */
export function fitChoices(
  points: Matrix,
  chosen: Int32Array,
  models: number,
  rows: Int32Array,
  { axes, penalty, start }: { axes: number; penalty: number; start?: ChoiceModel },
): ChoiceModel {
  const width = axes + 1;
  const counts = new Float64Array(models);
  for (const row of rows) counts[chosen[row]!]! += 1;
  const intercepts = counts.map((count) => Math.log((count + 0.5) / (rows.length + 0.5 * models)));
  const first = new Float64Array(models * width);
  intercepts.forEach((intercept, m) => (first[m * width] = intercept));
  if (axes === 0) return { axes, weights: first };

  const shares = softmax(intercepts);
  const curvature = new Float64Array(models * width);
  shares.forEach((share, m) => {
    const spread = Math.max(share * (1 - share), 1e-6) * rows.length;
    curvature.fill(spread / axes + penalty, m * width, (m + 1) * width);
    curvature[m * width] = spread + INTERCEPT_PENALTY;
  });
  // Once, with a leading 1 for the intercept: the objective is computed some hundred times.
  const x = new Float64Array(rows.length * width);
  const y = new Int32Array(rows.length);
  rows.forEach((row, i) => {
    x[i * width] = 1;
    for (let j = 0; j < axes; j++) x[i * width + 1 + j] = points.data[row * points.cols + j]!;
    y[i] = chosen[row]!;
  });
  const chances = new Float64Array(models);
  const objective = (weights: Float64Array, gradient: Float64Array) => {
    let value = 0;
    for (let k = 0; k < weights.length; k++) {
      const isIntercept = k % width === 0;
      const pull = isIntercept ? INTERCEPT_PENALTY : penalty;
      const off = isIntercept ? weights[k]! - first[k]! : weights[k]!;
      value += (pull / 2) * off * off;
      gradient[k] = pull * off;
    }
    for (let i = 0, from = 0; i < y.length; i++, from += width) {
      for (let m = 0, at = 0; m < models; m++) {
        let sum = 0;
        for (let j = 0; j < width; j++) sum += weights[at++]! * x[from + j]!;
        chances[m] = sum;
      }
      softmax(chances, 1, chances);
      value -= Math.log(Math.max(chances[y[i]!]!, Number.MIN_VALUE));
      chances[y[i]!]! -= 1;
      for (let m = 0, at = 0; m < models; m++) {
        const error = chances[m]!;
        for (let j = 0; j < width; j++) gradient[at++]! += error * x[from + j]!;
      }
    }
    return value;
  };
  const weights = minimize(objective, start?.axes === axes ? start.weights : first, {
    curvature,
    steps: STEPS,
    tolerance: TOLERANCE,
  });
  return { axes, weights };
}

/** The chance of each model at a point, into `out`, shape [models]. */
export function chancesAt({ axes, weights }: ChoiceModel, point: Float32Array, out: Float64Array): Float64Array {
  const width = axes + 1;
  for (let m = 0; m < out.length; m++) {
    let sum = weights[m * width]!;
    for (let j = 0, at = m * width + 1; j < axes; j++, at++) sum += weights[at]! * point[j]!;
    out[m] = sum;
  }
  return softmax(out, 1, out);
}
