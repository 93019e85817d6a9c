import { createMatrix, createRandom, rowOf, throwIfAborted, type Matrix, type RunContext } from '@routeprofile/schema';
import { leaveOneOut, ridgeSlopes, rowDots, rowProducts, softmax, transpose } from '@routeprofile/numerics';
import type { QueryAxes } from '../common/query-axes.js';

const RIDGES = [0.1, 0.3, 1, 3, 10, 30];
const TEMPERATURES = [0.05, 0.08, 0.12, 0.2, 0.3, 0.5];
/** Left-out queries beyond this many tell little more, and cost as much each. */
const MOST_JUDGED = 1000;

/** score_t(x) = intercept_t + weights_t · x; probabilities are softmax(score / temperature). */
export interface Classifier {
  /** [tasks × dimensions + 1], the intercept last. */
  weights: Matrix;
  temperature: number;
  ridge: number;
  /** Share of left-out queries whose task was told right. */
  accuracy: number;
  /** Shape [rows × tasks]: probabilities of each row by a fit without it. */
  leftOut: (rows: Int32Array) => Float64Array[];
}

/**
 * Which task a query belongs to: ridge regression of task indicators on the query vector, in closed form, and a softmax. Ridge and
 * temperature are those under which left-out queries' tasks are most likely.
 * @param axes of the rows at length 1
 * @param labels task of each row
 */
export function fitClassifier(axes: QueryAxes, labels: Int32Array, tasks: number, ctx: RunContext): Classifier {
  const n = axes.rows;
  const odds = new Float64Array(tasks);
  labels.forEach((t) => (odds[t]! += 1 / n));
  const targets = new Float64Array(n * tasks);
  labels.forEach((label, i) => {
    for (let t = 0; t < tasks; t++) targets[i * tasks + t] = (t === label ? 1 : 0) - odds[t]!;
  });
  const counts = new Float64Array(tasks).fill(n);
  const problem = { rows: n, spread: axes.spread, counts, moments: axes.moments(targets) };
  const random = createRandom(ctx.seed, 'two-stage', 'judged');
  const judged = Int32Array.from(random.sample([...labels.keys()], MOST_JUDGED));
  const without = (rows: Int32Array) => {
    const points = axes.coordinates(rows);
    const own = Float64Array.from(
      { length: rows.length * tasks },
      (_, k) => targets[rows[Math.floor(k / tasks)]! * tasks + (k % tasks)]!,
    );
    return (ridge: number) => {
      const predicted = leaveOneOut(problem, ridge, points, own);
      return Array.from(rows, (_, i) => Float64Array.from(rowOf(predicted, i), (s, t) => s + odds[t]!));
    };
  };

  const scoresAt = without(judged);
  let best = { value: -Infinity, ridge: RIDGES[0]!, temperature: 1, accuracy: 0 };
  for (const ridge of RIDGES) {
    throwIfAborted(ctx);
    const scores = scoresAt(ridge);
    const right = scores.filter((row, i) => row.indexOf(Math.max(...row)) === labels[judged[i]!]).length;
    for (const temperature of TEMPERATURES) {
      const value = scores.reduce(
        (sum, row, i) => sum + Math.log(softmax(row, temperature)[labels[judged[i]!]!]! + 1e-12),
        0,
      );
      if (value >= best.value) best = { value, ridge, temperature, accuracy: right / judged.length };
    }
  }
  const { ridge, temperature, accuracy } = best;
  const slopes = rowProducts(ridgeSlopes(problem, ridge), transpose(axes.axes));
  const weights = createMatrix(tasks, axes.axes.cols + 1);
  for (let t = 0; t < tasks; t++) {
    const row = rowOf(weights, t);
    row.set(rowOf(slopes, t));
    row[axes.axes.cols] = odds[t]! - axes.mean.reduce((sum, x, d) => sum + x * row[d]!, 0);
  }
  return {
    weights,
    temperature,
    ridge,
    accuracy,
    leftOut: (rows) => without(rows)(ridge).map((row) => softmax(row, temperature)),
  };
}

/** Probabilities of the tasks for a unit vector. */
export function classify(weights: Matrix, temperature: number, vector: Float32Array): Float64Array {
  const extended = new Float32Array(weights.cols).fill(1);
  extended.set(vector);
  const scores = new Float64Array(weights.rows);
  rowDots(weights, extended, scores);
  return softmax(scores, temperature, scores);
}
