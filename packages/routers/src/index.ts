export { builtInRouters } from './built-in.js';
export { bradleyTerry, countWins, type BradleyTerryOptions, type Comparison } from './common/bradley-terry.js';
export { knnRouter, type KnnOptions } from './knn/knn.js';
export { mlpRouter } from './mlp/mlp.js';
export type { MlpOptions } from './mlp/options.js';
export { mlpParity, type MlpParity } from './mlp/parity.js';
export { simRouter, type SimOptions } from './sim/sim.js';
export { taskTableRouter, type TaskTableOptions } from './task-table/task-table.js';
