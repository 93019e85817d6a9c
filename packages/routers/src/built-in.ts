import type { RouterStrategy } from '@routeprofile/schema';
import { attentionRouter } from './attention/attention.js';
import { defineAuto } from './auto/auto.js';
import { clusterRouter } from './cluster/cluster.js';
import { defineEnsemble } from './ensemble/ensemble.js';
import { graphRouter } from './graph/graph.js';
import { irtRouter } from './irt/irt.js';
import { knnRouter } from './knn/knn.js';
import { linearRouter } from './linear/linear.js';
import { mlpRouter } from './mlp/mlp.js';
import { simRouter } from './sim/sim.js';
import { taskTableRouter } from './task-table/task-table.js';
import { twoStageRouter } from './two-stage/two-stage.js';

/**
 * What `ensemble` and `auto` are made of, simplest first. The towers and the graph are left out: they take many times longer to
 * fit, and one fit per fold.
 */
const MEMBERS: readonly RouterStrategy[] = [
  linearRouter,
  clusterRouter,
  knnRouter,
  attentionRouter,
  twoStageRouter,
  irtRouter,
];

/** Weighted scores of `linear`, `cluster`, `knn`, `attention`, `two-stage` and `irt`, and of the best single model. See `defineEnsemble`. */
export const ensembleRouter = /* @__PURE__ */ defineEnsemble(MEMBERS);

/** One of `linear`, `cluster`, `knn`, `attention`, `two-stage`, `irt`, their ensemble and the best single model. See `defineAuto`. */
export const autoRouter = /* @__PURE__ */ defineAuto(MEMBERS);

/** Every router of this package: what a router's name is looked up in. */
export const builtInRouters: readonly RouterStrategy[] = [
  simRouter,
  attentionRouter,
  linearRouter,
  twoStageRouter,
  clusterRouter,
  knnRouter,
  irtRouter,
  mlpRouter,
  graphRouter,
  ensembleRouter,
  autoRouter,
  taskTableRouter,
];
