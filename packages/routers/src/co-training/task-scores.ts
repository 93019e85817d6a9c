import {
  createMatrix,
  RouteProfileError,
  rowOf,
  type KeyedScores,
  type Matrix,
  type ProfileSet,
} from '@routeprofile/schema';

/** Most tasks that take part: those with most keys. */
const MOST_TASKS = 256;

/** What the scores of all models are set against: found once, when the router is fitted. */
export interface TaskFrame {
  tasks: readonly string[];
  /** Shape [tasks × dimensions of the keys]: mean key of each task. */
  centroids: Matrix;
  /** Mean score of each task over the models measured on it. */
  means: Float32Array;
  /** Standard deviation of scores from those means. */
  scale: number;
}

/** [models × tasks] each, 0 where a model was not measured: the score z in units of `scale`, tanh z, and 1. */
export type TaskFeatures = readonly [Matrix, Matrix, Matrix];

function keyedOf(strategy: string, { keyed }: ProfileSet): KeyedScores {
  if (keyed && keyed.labels.length > 0) return keyed;
  throw new RouteProfileError('BAD_INPUT', `${strategy}: coTrain=keyed needs profiles with keyed scores`, {
    hint: 'Use a profile that carries them, such as advantage, or coTrain=adapter.',
  });
}

/** Shape [models × tasks]: mean score of each model over the keys of a task on which it was measured, NaN where on none. */
function meanScores({ labels, scores }: KeyedScores, rows: readonly number[], tasks: readonly string[]): Matrix {
  const place = new Map(tasks.map((task, t) => [task, t]));
  const out = createMatrix(rows.length, tasks.length);
  rows.forEach((row, m) => {
    const counts = new Int32Array(tasks.length);
    const sums = new Float64Array(tasks.length);
    rowOf(scores, row).forEach((score, k) => {
      const t = place.get(labels[k]!);
      if (t === undefined || Number.isNaN(score)) return;
      sums[t]! += score;
      counts[t]! += 1;
    });
    rowOf(out, m).set(sums.map((sum, t) => sum / counts[t]!));
  });
  return out;
}

function centroidsOf({ labels, keys }: KeyedScores, tasks: readonly string[]): Matrix {
  const place = new Map(tasks.map((task, t) => [task, t]));
  const sums = new Float64Array(tasks.length * keys.cols);
  const counts = new Int32Array(tasks.length);
  labels.forEach((label, k) => {
    const t = place.get(label);
    if (t === undefined) return;
    counts[t]! += 1;
    rowOf(keys, k).forEach((x, d) => (sums[t * keys.cols + d]! += x));
  });
  const data = Float32Array.from(sums, (sum, k) => sum / counts[Math.floor(k / keys.cols)]!);
  return createMatrix(tasks.length, keys.cols, data);
}

/** Rows of the set, in the order of the models; every model is known to be in it. */
const rowsOf = (set: ProfileSet, models: readonly string[]) => models.map((model) => set.models.indexOf(model));

/**
 * Tasks, their mean keys, and the scale of scores on them.
 * @throws RouteProfileError BAD_INPUT for a set without keyed scores
 */
export function taskFrame(strategy: string, set: ProfileSet, models: readonly string[]): TaskFrame {
  const keyed = keyedOf(strategy, set);
  const counts = new Map<string, number>();
  for (const label of keyed.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const tasks = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)!).slice(0, MOST_TASKS);
  const scores = meanScores(keyed, rowsOf(set, models), tasks);
  const means = Float32Array.from(tasks, (_, t) => {
    const known = models.map((__, m) => rowOf(scores, m)[t]!).filter((score) => !Number.isNaN(score));
    return known.length === 0 ? 0 : known.reduce((a, b) => a + b, 0) / known.length;
  });
  const apart = [...scores.data].map((score, k) => score - means[k % tasks.length]!).filter((x) => !Number.isNaN(x));
  const variance = apart.reduce((sum, x) => sum + x * x, 0) / Math.max(1, apart.length);
  return { tasks, centroids: centroidsOf(keyed, tasks), means, scale: Math.fround(Math.sqrt(variance)) || 1 };
}

/**
 * Scores of models, in the set or joining it, within a frame.
 * @throws RouteProfileError BAD_INPUT for a set without keyed scores
 */
export function taskFeatures(
  strategy: string,
  set: ProfileSet,
  models: readonly string[],
  { tasks, means, scale }: TaskFrame,
): TaskFeatures {
  const scores = meanScores(keyedOf(strategy, set), rowsOf(set, models), tasks);
  const feature = (of: (z: number) => number): Matrix =>
    createMatrix(
      scores.rows,
      scores.cols,
      scores.data.map((score, k) => (Number.isNaN(score) ? 0 : of((score - means[k % tasks.length]!) / scale))),
    );
  return [feature((z) => z), feature(Math.tanh), feature(() => 1)];
}
