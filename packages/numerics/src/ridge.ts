import { createMatrix, rowOf, type Matrix } from '@routeprofile/schema';
import { rowDots } from './products.js';

/** Several least-squares problems on the same points, in coordinates in which the points' axes are uncorrelated. */
export interface RidgeProblem {
  /** How many points there are. */
  rows: number;
  /** Shape [axes]: sum of squares of the points along each. */
  spread: Float64Array;
  /** Shape [targets]: points each was measured at. */
  counts: Float64Array;
  /** Shape [targets × axes]: Σ point · target, the points about their mean. See `targetMoments`. */
  moments: Float64Array;
}

/**
 * Σ point · target, [targets × axes].
 * @param points shape [points × axes]
 * @param targets shape [points × targets], 0 where not measured
 */
export function targetMoments(points: Matrix, targets: Float64Array): Float64Array {
  const r = points.cols;
  const width = points.rows === 0 ? 0 : targets.length / points.rows;
  const moments = new Float64Array(width * r);
  for (let i = 0; i < points.rows; i++) {
    const point = rowOf(points, i);
    for (let t = 0; t < width; t++) {
      const target = targets[i * width + t]!;
      if (target !== 0) for (let j = 0, at = t * r; j < r; j++, at++) moments[at]! += target * point[j]!;
    }
  }
  return moments;
}

/** 1 / (share · spread + ridge), one an axis: the share of the points that a target was measured at stands for their spread. */
const shrinkage = ({ rows, spread, counts }: RidgeProblem, target: number, ridge: number): Float64Array =>
  spread.map((s) => 1 / ((counts[target]! / rows) * s + ridge));

/**
 * Ridge regression: [targets × axes] slopes. In these coordinates it is one division per axis (Hastie, Tibshirani and Friedman,
 * The Elements of Statistical Learning, 3.4.1). Exact for a target that was measured everywhere; for others the spread of the
 * points they were measured at is taken to be their share of the whole.
 * @param ridge above 0: a slope is drawn to 0 as by so much more spread along its axis
 */
export function ridgeSlopes(problem: RidgeProblem, ridge: number): Matrix {
  const r = problem.spread.length;
  const slopes = createMatrix(problem.counts.length, r);
  for (let t = 0; t < slopes.rows; t++) {
    const inverse = shrinkage(problem, t, ridge);
    for (let j = 0; j < r; j++) slopes.data[t * r + j] = problem.moments[t * r + j]! * inverse[j]!;
  }
  return slopes;
}

/**
 * What the regression would predict at points that it was fitted without, mean included, without fitting again:
 * (f − h y) / (1 − h) with the leverage h of the point (Elements, 7.10.1 and 5.5.1).
 * @param points shape [points × axes]: those to predict, of those that it was fitted on
 * @param targets shape [points × targets]: theirs, 0 where not measured
 * @returns [points × targets]
 */
export function leaveOneOut(problem: RidgeProblem, ridge: number, points: Matrix, targets: Float64Array): Matrix {
  const { counts } = problem;
  const width = counts.length;
  const slopes = ridgeSlopes(problem, ridge);
  // Targets measured at equally many points share their leverages.
  const distinct = [...new Set(counts)];
  const inverses = distinct.map((count) => shrinkage(problem, counts.indexOf(count), ridge));
  const group = Array.from(counts, (count) => distinct.indexOf(count));
  const out = createMatrix(points.rows, width);
  const fitted = new Float64Array(width);
  for (let i = 0; i < points.rows; i++) {
    const point = rowOf(points, i);
    rowDots(slopes, point, fitted);
    const leverages = inverses.map((inverse) => {
      let sum = 0;
      for (let j = 0; j < point.length; j++) sum += point[j]! * point[j]! * inverse[j]!;
      return sum;
    });
    for (let t = 0; t < width; t++) {
      const target = targets[i * width + t]!;
      const leverage = Math.min(0.999, leverages[group[t]!]! + 1 / Math.max(2, counts[t]!));
      out.data[i * width + t] = target === 0 ? fitted[t]! : (fitted[t]! - leverage * target) / (1 - leverage);
    }
  }
  return out;
}
