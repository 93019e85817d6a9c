import type { RouterStrategy } from '@routeprofile/schema';
import { graphRouter } from './graph/graph.js';
import { knnRouter } from './knn/knn.js';
import { mlpRouter } from './mlp/mlp.js';
import { simRouter } from './sim/sim.js';
import { taskTableRouter } from './task-table/task-table.js';

/** Every router of this package. */
export const builtInRouters: readonly RouterStrategy[] = [
  simRouter,
  mlpRouter,
  graphRouter,
  knnRouter,
  taskTableRouter,
];
