export { bradleyTerry, countWins, type BradleyTerryOptions, type Comparison } from './common/bradley-terry.js';
export { knnRouter, type KnnOptions } from './knn/knn.js';
export { simRouter, type SimOptions } from './sim/sim.js';
export { taskTableRouter, type TaskTableOptions } from './task-table/task-table.js';
export { builtInRouters } from './built-in.js';
