import { createMatrix, rowOf, type Matrix } from '@routeprofile/schema';
import type { Placed } from './advantages.js';
import { taskCentroids, type TaskKeys } from './task-keys.js';

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
