export { activate, createRuntime } from './runtime/runtime.js';
export { BACKENDS } from './runtime/types.js';
export type { Attempt, BackendName, Runtime, RuntimeOptions, TensorFlow } from './runtime/types.js';
export { type Arena, openArena } from './kernels/arena.js';
export type { Routines } from './kernels/routines.js';
export { filled, glorotUniform, linearWeights, uniform, type Weights } from './layers/initialisers.js';
export {
  ATTENTION_SLOPE,
  bipartiteAttention,
  type BipartiteAttentionOptions,
  type BipartiteAttentionParameters,
  bipartiteAttentionWeights,
} from './layers/bipartite-attention.js';
export { edgeScores, type EdgeScoreParameters, edgeScoreWeights } from './layers/edge-scores.js';
export { type LinearMap, type LinearMaps, createLinearMaps, createPlainLinearMaps } from './layers/linear-maps.js';
export {
  denseNormElu,
  dropoutMask,
  elu,
  layerNorm,
  linear,
  type LinearParameters,
  type NormParameters,
  normalizeRowsOf,
} from './layers/dense.js';
export { aggregateEdges, edgeSoftmax, type EdgeTensors, edgeTensors, gatherRows } from './layers/edges.js';
export {
  type Dropout,
  tower,
  towerShape,
  type TowerShape,
  towerWeights,
  twoTower,
  twoTowerWeights,
} from './layers/tower.js';
export { createTowerEvaluator, createPlainTowerEvaluator, type TowerEvaluator } from './layers/evaluate.js';
export { type AdamW, type AdamWOptions, cosineRate, createAdamW } from './train/adamw.js';
export { type CheckpointNotes, packCheckpoint, unpackCheckpoint } from './train/checkpoint.js';
export { keepCheckpoint, loadCheckpoint } from './train/kept-checkpoint.js';
export { clipGlobalNorm } from './train/clip.js';
export { assertFiniteLoss, type Best, improves, noBest, outOfPatience } from './train/early-stopping.js';
export {
  disposeVariables,
  lossAndGradients,
  restoreVariables,
  toVariables,
  toWeights,
  type Variables,
} from './train/variables.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type { Matrix, NamedArray, Random, RunContext } from '@routeprofile/schema';
