export { fitAdditive, type AdditiveFit, type AdditiveOptions } from './additive.js';
export {
  bestSingle,
  comparableMeans,
  standings,
  type BestSingle,
  type ComparableMeans,
  type MeanBasis,
  type Standings,
} from './best-single.js';
export { bradleyTerry, countWins, type BradleyTerryOptions, type Comparison } from './bradley-terry.js';
export { solvePositiveDefinite } from './cholesky.js';
