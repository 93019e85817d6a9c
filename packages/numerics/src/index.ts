export { fitAdditive, type AdditiveFit, type AdditiveOptions } from './additive.js';
export {
  bestSingle,
  comparableMeans,
  standings,
  type BestSingle,
  type ComparableMeans,
  type Judged,
  type MeanBasis,
  type Standings,
} from './best-single.js';
export { bradleyTerry, countWins, type BradleyTerryOptions, type Comparison } from './bradley-terry.js';
export { solvePositiveDefinite } from './cholesky.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type { OutcomeValues, TrainingData } from '@routeprofile/schema';
