import {
  createMatrix,
  normalizeRows,
  RouteProfileError,
  rowOf,
  viewRows,
  type Matrix,
  type ProfileInput,
  type RouterTraining,
} from '@routeprofile/schema';
import { nodeSet } from '@routeprofile/graph';
import { ALL_QUERIES } from './score-table.js';
import type { Placed } from './advantages.js';

/** Where a query may come near a task: vectors, each with the task it stands for. */
export interface TaskKeys {
  /** [keys × dimensions] */
  keys: Matrix;
  labels: string[];
  /** The training query each key is, −1 for none. */
  queries?: Int32Array;
}

/**
 * A key per query of each task: the graph's query nodes where they are tied to tasks; without such nodes the training queries by
 * their labels (all one task where none has a label); without those the tasks' own texts.
 * @throws RouteProfileError BAD_INPUT when there is none of them.
 */
export function taskKeys(strategy: string, { graph, features, training }: ProfileInput): TaskKeys {
  const relation = graph.relations.find(({ name }) => name === 'query__task');
  const [nodes, tasks] = [nodeSet(graph, 'query'), nodeSet(graph, 'task')];
  if (relation && nodes && tasks && features?.query) {
    const taskOf = new Map<number, string>();
    relation.sourceIndex.forEach((query, e) => {
      if (!taskOf.has(query)) taskOf.set(query, tasks.names[relation.targetIndex[e]!]!);
    });
    const rows = [...taskOf.keys()].sort((a, b) => a - b);
    const labels = rows.map((row) => taskOf.get(row)!);
    const queries = training && findQueries(rows, nodes.texts, labels, training);
    return { keys: viewRows(features.query, rows), labels, ...(queries && { queries }) };
  }
  if (training?.queries.vectors) {
    const untasked = training.tasks.every((task) => task === null);
    const rows = [...training.tasks.keys()].filter((q) => untasked || training.tasks[q] !== null);
    return {
      keys: viewRows(training.queries.vectors, rows),
      labels: rows.map((q) => training.tasks[q] ?? ALL_QUERIES),
      queries: Int32Array.from(rows),
    };
  }
  if (tasks && features?.task) return { keys: features.task, labels: [...tasks.names] };
  throw new RouteProfileError(
    'BAD_INPUT',
    `${strategy}: there is nothing to tie scores to: the graph has no encoded query or task, and there are no training queries`,
    {
      hint: 'Use a graph with queries and tasks, such as query-task, and encode it with encodeNodes of @routeprofile/graph.',
    },
  );
}

/** Same text and task; failing that, same text. */
function findQueries(
  rows: readonly number[],
  texts: readonly string[],
  labels: readonly string[],
  { queries, tasks }: RouterTraining,
): Int32Array {
  const exact = new Map<string, number>();
  const byText = new Map<string, number>();
  queries.texts.forEach((text, q) => {
    const key = JSON.stringify([tasks[q] ?? null, text]);
    if (!exact.has(key)) exact.set(key, q);
    if (!byText.has(text)) byText.set(text, q);
  });
  return Int32Array.from(rows, (row, i) => {
    const text = texts[row]!;
    return exact.get(JSON.stringify([labels[i], text])) ?? byText.get(text) ?? -1;
  });
}

/** Tasks in order of first appearance, with the mean of their keys' vectors. */
function taskCentroids({ keys, labels }: Pick<TaskKeys, 'keys' | 'labels'>): {
  tasks: string[];
  centroids: Matrix;
} {
  const tasks = [...new Set(labels)];
  const place = new Map(tasks.map((task, t) => [task, t]));
  const sums = new Float64Array(tasks.length * keys.cols);
  const counts = new Float64Array(tasks.length);
  labels.forEach((label, k) => {
    const t = place.get(label)!;
    counts[t]!++;
    rowOf(keys, k).forEach((x, d) => (sums[t * keys.cols + d]! += x));
  });
  const mean = sums.map((sum, at) => sum / counts[Math.floor(at / keys.cols)]!);
  return { tasks, centroids: createMatrix(tasks.length, keys.cols, Float32Array.from(mean)) };
}

/** One key per task, of unit length. */
export function centroidKeys(given: TaskKeys): TaskKeys {
  const { tasks, centroids } = taskCentroids(given);
  return { keys: normalizeRows(centroids), labels: tasks };
}

/** vector[m] = mean over tasks of advantage[m, task] × centroid[task]; a model's overall advantage where it is not measured. */
export function weightedCentroids(
  keys: Pick<TaskKeys, 'keys' | 'labels'>,
  place: ReadonlyMap<string, number>,
  placed: readonly Placed[],
): Matrix {
  const { tasks, centroids } = taskCentroids(keys);
  const out = createMatrix(placed.length, centroids.cols);
  placed.forEach(({ advantages, overall }, m) => {
    const sum = new Float64Array(out.cols);
    tasks.forEach((task, c) => {
      const known = advantages[place.get(task) ?? -1] ?? NaN;
      const weight = (Number.isNaN(known) ? overall : known) / tasks.length;
      rowOf(centroids, c).forEach((x, d) => (sum[d]! += weight * x));
    });
    rowOf(out, m).set(sum);
  });
  return out;
}
