// Bundled for places without Node: the decisions of each packed router, the trained ones left out. As it names its routers, a bundler
// leaves out the others, and TensorFlow.js with them.
import {
  attentionRouter,
  clusterRouter,
  irtRouter,
  knnRouter,
  linearRouter,
  simRouter,
  taskTableRouter,
  twoStageRouter,
} from '@routeprofile/routers';
import { decideWith } from './decide-with.mjs';

export const decide = decideWith([
  simRouter,
  knnRouter,
  linearRouter,
  attentionRouter,
  clusterRouter,
  twoStageRouter,
  irtRouter,
  taskTableRouter,
]);
