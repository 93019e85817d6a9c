import { createMatrix, type Matrix, type ModelCard, type RouterTraining } from '@routeprofile/schema';
import { fitBradleyTerry, countWins, fitAdditive } from '@routeprofile/numerics';

/** What each model is worth on each task; the last row stands for a query whose task is unknown. */
export interface TaskTable {
  tasks: string[];
  /** [tasks + 1 × models] */
  scores: Matrix;
  /** 1 where the score was measured, 0 where it only puts a model last. Same shape. */
  measured: Matrix;
}

/**
 * The table under a shrinkage: rows of outcomes that draw a mean to what the others lead one to expect, or the precision of the normal
 * prior on strengths. What does not depend on it is computed once for all.
 */
export type TableAt = (shrinkage: number) => TaskTable;

const emptyTable = (tasks: string[], models: number): TaskTable => ({
  tasks,
  scores: createMatrix(tasks.length + 1, models),
  measured: createMatrix(tasks.length + 1, models),
});

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
export function tableFromOutcomes(training: RouterTraining, models: number): TableAt | null {
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
  return tableFromMeans({ tasks, values, weights, counted: new Uint8Array(weights.length).fill(1) }, models).at;
}

/** The task scores on the models' cards; null when no task has scores of two models. */
export function tableFromCards(cards: readonly ModelCard[], models: readonly string[]): TableAt | null {
  const byName = new Map(cards.map((card) => [card.name, card]));
  const scores = models.map((model) => byName.get(model)?.scores ?? new Map<string, never>());
  const all = [...new Set(scores.flatMap((map) => [...map.keys()]))];
  const cells = all.flatMap((task) => scores.map((map) => map.get(task)));
  const { kept, at } = tableFromMeans(
    {
      tasks: all,
      values: Float64Array.from(cells, (cell) => cell?.value ?? 0),
      weights: Float64Array.from(cells, (cell) => (cell ? (cell.count ?? 1) : 0)),
      counted: Uint8Array.from(cells, (cell) => (cell?.count === undefined ? 0 : 1)),
    },
    models.length,
  );
  return kept.length > 0 ? at : null;
}

/**
 * A task gets a row when two models were measured on it; the others count for the whole only.
 * A mean of n rows moves to the additive expectation (task + model) as if `shrinkage` more rows had shown just that:
 * (n · mean + shrinkage · expected) / (n + shrinkage).
 */
function tableFromMeans(
  { tasks, values, weights, counted }: TaskMeans,
  models: number,
): { kept: number[]; at: TableAt } {
  const fit = fitAdditive(values, models, { weights });
  const measuredOn = (t: number) => weights.subarray(t * models, (t + 1) * models).filter((w) => w > 0).length;
  const kept = [...tasks.keys()].filter((t) => measuredOn(t) >= 2);
  const ever = Array.from({ length: models }, (_, m) => fit.rows.some((_, t) => weights[t * models + m]! > 0));
  const level = weightedMean(fit.rows, weights, models);
  const at = (shrinkage: number): TaskTable => {
    const table = emptyTable(
      kept.map((t) => tasks[t]!),
      models,
    );
    kept.forEach((t, row) =>
      setRow(table, row, (m) => {
        const k = t * models + m;
        const n = weights[k]!;
        if (n === 0) return null;
        if (!counted[k]) return values[k]!;
        return (n * values[k]! + shrinkage * (fit.rows[t]! + fit.models[m]!)) / (n + shrinkage);
      }),
    );
    setRow(table, kept.length, (m) => (ever[m] ? level + fit.models[m]! : null));
    return table;
  };
  return { kept, at };
}

/** Bradley–Terry strengths of each task's pairs, drawn to the strengths over all pairs; null without pairs. */
export function tableFromPairs(training: RouterTraining, models: number): TableAt | null {
  const { pairs } = training;
  if (pairs.length === 0) return null;
  const tasks = taskNames(training);
  const seen = new Set(pairs.flatMap(({ better, worse }) => [better, worse]));
  return (ridge) => {
    const overall = fitBradleyTerry(countWins(models, pairs), models, { ridge });
    const table = emptyTable(tasks, models);
    tasks.forEach((task, t) => {
      const here = pairs.filter(({ query }) => training.tasks[query] === task);
      const strengths = fitBradleyTerry(countWins(models, here), models, { ridge, prior: overall });
      setRow(table, t, (m) => (seen.has(m) ? strengths[m]! : null));
    });
    setRow(table, tasks.length, (m) => (seen.has(m) ? overall[m]! : null));
    return table;
  };
}

/** A model without a score (null) comes last: one below the lowest. */
function setRow({ scores, measured }: TaskTable, row: number, scoreOf: (model: number) => number | null): void {
  const found = Array.from({ length: scores.cols }, (_, m) => scoreOf(m));
  const known = found.filter((score) => score !== null);
  const last = (known.length > 0 ? Math.min(...known) : 0) - 1;
  found.forEach((score, m) => {
    scores.data[row * scores.cols + m] = score ?? last;
    measured.data[row * scores.cols + m] = score === null ? 0 : 1;
  });
}

/**
 * The table with models that join at its right. A card's score stands for a task as it is, unshrunk; over all tasks a model
 * is worth what it does better than the others on the tasks it was measured on, added to what they are worth over all.
 * @param columns one a joining model: its scores by task; undefined where the table says nothing of it
 */
export function joinTable(table: TaskTable, columns: readonly (ReadonlyMap<string, number> | undefined)[]): TaskTable {
  const { tasks, scores: own, measured } = table;
  const known = (row: number, m: number) => (measured.data[row * own.cols + m] ? own.data[row * own.cols + m]! : null);
  const overall = columns.map((column) => {
    const leads = tasks.flatMap((task, t) => {
      const score = column?.get(task);
      const others = Array.from({ length: own.cols }, (_, m) => [known(t, m), known(tasks.length, m)] as const);
      const whole = others.flatMap(([here, all]) => (here === null || all === null ? [] : [all - here]));
      return score === undefined || whole.length === 0 ? [] : [score + whole.reduce((a, b) => a + b) / whole.length];
    });
    return leads.length === 0 ? null : leads.reduce((a, b) => a + b) / leads.length;
  });
  const joined = emptyTable(tasks, own.cols + columns.length);
  for (let row = 0; row <= tasks.length; row++)
    setRow(joined, row, (m) => {
      if (m < own.cols) return known(row, m);
      if (row === tasks.length) return overall[m - own.cols]!;
      return columns[m - own.cols]?.get(tasks[row]!) ?? null;
    });
  return joined;
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
