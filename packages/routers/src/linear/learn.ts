import {
  createRandom,
  rowOf,
  throwIfAborted,
  type Matrix,
  type PreferencePair,
  type RouterTraining,
  type RunContext,
} from '@routeprofile/schema';
import { leaveOneOut, ridgeSlopes, rowDots, rowProducts, softplus, transpose } from '@routeprofile/numerics';
import { FOLDS } from '../common/out-of-fold.js';
import { dealFolds } from '../common/folds.js';
import { judgeOf, judgeScores } from '../common/judge.js';
import { fitPairwiseLogistic, type PairwiseLogistic } from '../common/pairwise-logistic.js';
import { leading, type QueryAxes } from '../common/query-axes.js';
import { relativeOutcomes } from '../common/relative-outcomes.js';

/** From weak to strong; under the last one only the intercepts are left. */
const RIDGES = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1e6];
/** Pairs are compared by likelihood, which has its best ridge in this range. */
const PAIR_RIDGES = [1e6, 10, 3, 1, 0.3, 0.1, 0.03];
/** Held-out queries beyond this many tell little more about the ridge, and cost as much each. */
const MOST_HELD_OUT = 2000;
/** Multiplications of one pass over the pairs' queries, roughly; more axes than that allows are left out. */
const PASS = 2e6;
const FEWEST_AXES = 32;

interface RidgeCandidate {
  ridge: number;
  /** Mean outcome of the choices, or mean log-likelihood of a held-out pair; of a log, less the mean squared error of an outcome. */
  value: number;
}

/** score_m(x) = intercept_m + weights_m · x, for a unit vector x. */
export interface LinearScores {
  /** [models × dimensions] */
  weights: Matrix;
  /** [models] */
  intercepts: Float64Array;
  ridge: number;
  candidates: RidgeCandidate[];
}

/** The best candidate; ties go to the stronger ridge. */
const strongest = (candidates: readonly RidgeCandidate[]): number =>
  candidates.reduce((a, b) => (b.value > a.value || (b.value === a.value && b.ridge > a.ridge) ? b : a)).ridge;

/**
 * Ridge regression of relative outcomes on the query vector, one a model.
 * @param axes of the training queries at length 1
 * @param given the ridge; null: the one whose choices for left-out queries have the best mean outcome
 */
export function learnFromOutcomes(
  axes: QueryAxes,
  training: RouterTraining,
  models: number,
  given: number | null,
  ctx: RunContext,
): LinearScores {
  const { residuals, measured, means, counts } = relativeOutcomes(training.outcomes, models);
  throwIfAborted(ctx);
  const problem = { rows: axes.rows, spread: axes.spread, counts, moments: axes.moments(residuals) };
  const candidates: RidgeCandidate[] = [];
  if (given === null) {
    const judge = judgeOf(training, models);
    const random = createRandom(ctx.seed, 'linear', 'held out');
    const rows = Int32Array.from(random.sample([...judge.queries], MOST_HELD_OUT));
    const place = new Map(Array.from(rows, (q, i) => [q, i]));
    const points = axes.coordinates(rows);
    const targets = takeTargets(residuals, models, rows);
    for (const ridge of RIDGES) {
      throwIfAborted(ctx);
      const predicted = leaveOneOut(problem, ridge, points, targets);
      if (judge.kind === 'logged') {
        candidates.push({ ridge, value: -squaredError(predicted, rows, measured, residuals) });
        continue;
      }
      const scoresOf = (q: number) => rowOf(predicted, place.get(q)!).map((s, m) => s + means[m]!);
      candidates.push({ ridge, value: judgeScores({ ...judge, queries: rows }, scoresOf).mean });
      ctx.onProgress?.({ stage: 'linear: choose ridge', done: candidates.length, total: RIDGES.length });
    }
  }
  const ridge = given ?? strongest(candidates);
  return { ...inSpace(ridgeSlopes(problem, ridge), means, axes), ridge, candidates };
}

/** Mean squared error of what is predicted of the given rows, over what was measured there. */
function squaredError(predicted: Matrix, rows: Int32Array, measured: Uint8Array, residuals: Float64Array): number {
  let [sum, count] = [0, 0];
  rows.forEach((row, i) => {
    for (let m = 0; m < predicted.cols; m++) {
      const k = row * predicted.cols + m;
      if (!measured[k]) continue;
      sum += (predicted.data[i * predicted.cols + m]! - residuals[k]!) ** 2;
      count++;
    }
  });
  return sum / Math.max(1, count);
}

/**
 * Pairwise logistic regression on the query vector.
 * @param all axes of the training queries at length 1
 * @param given the ridge; null: the one under which held-out pairs are most likely, by cross-validation over queries
 */
export function learnFromPairs(
  all: QueryAxes,
  { tasks, pairs }: RouterTraining,
  models: number,
  given: number | null,
  ctx: RunContext,
): LinearScores {
  const axes = leading(all, Math.max(FEWEST_AXES, Math.floor(PASS / (all.rows * models))));
  const points = axes.coordinates(undefined, axes.axes.rows);
  const fit = (ridge: number, some: readonly PreferencePair[], start?: PairwiseLogistic) =>
    fitPairwiseLogistic(points, axes.spread, some, models, ridge, start);
  const candidates: RidgeCandidate[] = [];
  if (given === null) {
    const foldOf = dealFolds(tasks, FOLDS, createRandom(ctx.seed, 'linear', 'folds'));
    const folds = Array.from({ length: FOLDS }, (_, fold) => ({
      rest: pairs.filter(({ query }) => foldOf[query] !== fold),
      heldOut: pairs.filter(({ query }) => foldOf[query] === fold),
    }));
    let starts: (PairwiseLogistic | undefined)[] = folds.map(() => undefined);
    for (const ridge of PAIR_RIDGES) {
      starts = folds.map(({ rest }, fold) => {
        throwIfAborted(ctx);
        return fit(ridge, rest, starts[fold]);
      });
      const sums = folds.map(({ heldOut }, fold) => logLikelihood(points, starts[fold]!, heldOut));
      const value = sums.reduce((a, b) => a + b, 0) / pairs.length;
      ctx.onProgress?.({ stage: 'linear: choose ridge', done: candidates.length + 1, total: PAIR_RIDGES.length });
      const before = candidates[candidates.length - 1]?.value ?? -Infinity;
      candidates.push({ ridge, value });
      // Along the path the likelihood rises, then falls: weaker ridges, the costly ones, are worse still.
      if (value < before) break;
    }
  }
  const ridge = given ?? strongest(candidates);
  const { slopes, intercepts } = fit(ridge, pairs);
  return { ...inSpace(slopes, intercepts, axes), ridge, candidates };
}

function logLikelihood(
  points: Matrix,
  { slopes, intercepts }: PairwiseLogistic,
  pairs: readonly PreferencePair[],
): number {
  const scores = new Float64Array(slopes.rows);
  let sum = 0;
  for (const { query, better, worse } of pairs) {
    rowDots(slopes, rowOf(points, query), scores);
    sum -= softplus(scores[worse]! + intercepts[worse]! - scores[better]! - intercepts[better]!);
  }
  return sum;
}

/** The rows of [queries × models] that belong to these queries. */
function takeTargets(targets: Float64Array, models: number, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length * models);
  rows.forEach((row, i) => out.set(targets.subarray(row * models, (row + 1) * models), i * models));
  return out;
}

/** Slopes along the axes, about the mean, as weights of the vector itself. */
function inSpace(slopes: Matrix, intercepts: Float64Array, { mean, axes }: QueryAxes) {
  const weights = rowProducts(slopes, transpose(axes));
  return {
    weights,
    intercepts: intercepts.map((b, m) => b - rowOf(weights, m).reduce((sum, w, d) => sum + w * mean[d]!, 0)),
  };
}
