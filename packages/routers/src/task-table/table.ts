import { createMatrix, type Matrix, type ModelCard, type RouterTraining } from '@routeprofile/schema';
import { bradleyTerry, countWins } from '../common/bradley-terry.js';
import { fitAdditive } from './additive.js';

/** What each model is worth on each task; the last row stands for a query whose task is unknown. */
export interface TaskTable {
  tasks: string[];
  /** [tasks + 1 × models] */
  scores: Matrix;
}

/** Means with the number of rows behind them, [tasks × models]; weight 0 = not measured. */
interface TaskMeans {
  tasks: string[];
  values: Float64Array;
  weights: Float64Array;
  /** Whether a weight is a number of rows. Without one a mean is taken as it is. */
  counted: Uint8Array;
}

const taskNames = (training: RouterTraining) => [...new Set(training.tasks.filter((task) => task !== null))];

/** Mean outcome of each model on each task of the training rows; null when nothing was measured. */
export function tableFromOutcomes(training: RouterTraining, models: number, shrinkage: number): TaskTable | null {
  const { outcomes } = training;
  if (!outcomes) return null;
  const tasks = taskNames(training);
  const place = new Map(tasks.map((task, t) => [task, t]));
  // Rows without a task count for the whole only: they make a last, nameless task.
  const rows = tasks.length + 1;
  const values = new Float64Array(rows * models);
  const weights = new Float64Array(rows * models);
  training.tasks.forEach((task, q) => {
    const t = task === null ? tasks.length : place.get(task)!;
    for (let m = 0; m < models; m++) {
      const score = outcomes.score[q * models + m]!;
      if (Number.isNaN(score)) continue;
      values[t * models + m]! += score;
      weights[t * models + m]! += 1;
    }
  });
  if (weights.every((w) => w === 0)) return null;
  for (let k = 0; k < values.length; k++) if (weights[k]! > 0) values[k]! /= weights[k]!;
  return tableFromMeans({ tasks, values, weights, counted: new Uint8Array(weights.length).fill(1) }, models, shrinkage);
}

/** The task scores on the models' cards; null when no task has scores of two models. */
export function tableFromCards(
  cards: readonly ModelCard[],
  models: readonly string[],
  shrinkage: number,
): TaskTable | null {
  const byName = new Map(cards.map((card) => [card.name, card]));
  const scores = models.map((model) => byName.get(model)?.scores ?? new Map<string, never>());
  const all = [...new Set(scores.flatMap((map) => [...map.keys()]))];
  const cells = all.flatMap((task) => scores.map((map) => map.get(task)));
  const table = tableFromMeans(
    {
      tasks: all,
      values: Float64Array.from(cells, (cell) => cell?.value ?? 0),
      weights: Float64Array.from(cells, (cell) => (cell ? (cell.count ?? 1) : 0)),
      counted: Uint8Array.from(cells, (cell) => (cell?.count === undefined ? 0 : 1)),
    },
    models.length,
    shrinkage,
  );
  return table.tasks.length > 0 ? table : null;
}

/**
 * A task gets a row when two models were measured on it; the others count for the whole only.
 * A mean of n rows moves to the additive expectation (task + model) as if `shrinkage` more rows had shown just that:
 * (n · mean + shrinkage · expected) / (n + shrinkage).
 */
function tableFromMeans({ tasks, values, weights, counted }: TaskMeans, models: number, shrinkage: number): TaskTable {
  const fit = fitAdditive(values, weights, values.length / models, models);
  const measured = (t: number) => Array.from({ length: models }, (_, m) => weights[t * models + m]! > 0);
  const kept = tasks.map((_, t) => t).filter((t) => measured(t).filter(Boolean).length >= 2);
  const scores = createMatrix(kept.length + 1, models);
  const ever = Array.from({ length: models }, (_, m) => fit.tasks.some((_, t) => weights[t * models + m]! > 0));
  kept.forEach((t, row) =>
    setRow(scores, row, (m) => {
      const k = t * models + m;
      const n = weights[k]!;
      if (n === 0) return null;
      if (!counted[k]) return values[k]!;
      return (n * values[k]! + shrinkage * (fit.tasks[t]! + fit.models[m]!)) / (n + shrinkage);
    }),
  );
  const level = weightedMean(fit.tasks, weights, models);
  setRow(scores, kept.length, (m) => (ever[m] ? level + fit.models[m]! : null));
  return { tasks: kept.map((t) => tasks[t]!), scores };
}

/** Bradley–Terry strengths of each task's pairs, drawn to the strengths over all pairs; null without pairs. */
export function tableFromPairs(training: RouterTraining, models: number, ridge: number): TaskTable | null {
  const { pairs } = training;
  if (pairs.length === 0) return null;
  const tasks = taskNames(training);
  const overall = bradleyTerry(countWins(models, pairs), models, { ridge });
  const seen = new Set(pairs.flatMap(({ better, worse }) => [better, worse]));
  const scores = createMatrix(tasks.length + 1, models);
  tasks.forEach((task, t) => {
    const here = pairs.filter(({ query }) => training.tasks[query] === task);
    const strengths = bradleyTerry(countWins(models, here), models, { ridge, prior: overall });
    setRow(scores, t, (m) => (seen.has(m) ? strengths[m]! : null));
  });
  setRow(scores, tasks.length, (m) => (seen.has(m) ? overall[m]! : null));
  return { tasks, scores };
}

/** A model without a score (null) comes last: one below the lowest. */
function setRow(scores: Matrix, row: number, scoreOf: (model: number) => number | null): void {
  const found = Array.from({ length: scores.cols }, (_, m) => scoreOf(m));
  const known = found.filter((score) => score !== null);
  const last = (known.length > 0 ? Math.min(...known) : 0) - 1;
  found.forEach((score, m) => (scores.data[row * scores.cols + m] = score ?? last));
}

function weightedMean(tasks: Float64Array, weights: Float64Array, models: number): number {
  let sum = 0;
  let total = 0;
  weights.forEach((weight, k) => {
    sum += weight * tasks[Math.floor(k / models)]!;
    total += weight;
  });
  return sum / total;
}
