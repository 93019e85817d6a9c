export {
  ADWIN_DELTA,
  type Adwin,
  type AdwinOptions,
  type AdwinState,
  adwinStateSchema,
  createAdwin,
  type StreamChange,
} from './adwin.js';
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
export { fitBradleyTerry, countWins, type BradleyTerryOptions, type Comparison } from './bradley-terry.js';
export { binomialTail } from './binomial.js';
export {
  type BootstrapOptions,
  meanOf,
  percentileInterval,
  quantile,
  resample,
  resampledMeans,
  RESAMPLES,
} from './bootstrap.js';
export { cholesky, invertPositiveDefinite, solveCholesky, solveLower, solvePositiveDefinite } from './cholesky.js';
export { dualAscent } from './dual-ascent.js';
export { type Eigen, symmetricEigen, upright } from './eigen.js';
export { LEAST_ROWS, meanEstimate, type OpenEstimate, ratioEstimate, wilsonInterval } from './estimate.js';
export { type Clusters, kMeans, nearestCentre } from './k-means.js';
export { type Ewma, ewma, expectedLatency, type ModelLoad, peakEwma, peakEwmaAt, powerOfTwo } from './latency.js';
export { minimize, type MinimizeOptions, type Objective } from './minimize.js';
export {
  landmarkSpan,
  meanRow,
  principalAxes,
  type PrincipalAxes,
  type PrincipalAxesOptions,
  principalCoordinates,
  WIDEST,
} from './principal-axes.js';
export { type Best, keepBest } from './nearest/best.js';
export { type ExactRows, exactRows, type SavedRows } from './nearest/exact-rows.js';
export {
  type InvertedLists,
  invertedLists,
  invertedListsOfRows,
  invertedListsOf,
  type SavedLists,
  SCANNED,
} from './nearest/inverted-lists.js';
export { type ListCentres, listCentres, listsOf } from './nearest/list-centres.js';
export type { AdmittedKinds, FoundRows, NearestRows, SearchLimits } from './nearest/nearest-rows.js';
export { normalQuantile } from './normal.js';
export { rowDots, rowProducts, transpose } from './products.js';
export { leaveOneOut, type RidgeProblem, ridgeSlopes, targetMoments } from './ridge.js';
export { sha256Hex } from './sha256.js';
export { sigmoid, softmax, softplus } from './softmax.js';
export { timeUniformBound } from './time-uniform.js';
export {
  abilityPrior,
  type AbilityPrior,
  cardScale,
  type CardScale,
  difficultySpread,
  dimensionsOf,
  expectedOutcomes,
  fisherInformation,
  fitItemResponse,
  type ItemResponse,
  type ItemResponseChoice,
  type ItemResponseOptions,
  type Items,
  itemsOf,
  type LearnedItemResponse,
  type LearnedResponses,
  fitTunedItemResponse,
  fitResponseModel,
  mapQueries,
  meansByLabel,
  mostInformative,
  type ResponseList,
  packResponseModel,
  placeAbility,
  placeByCard,
  type PlacedAbility,
  type ProbeCriterion,
  predictItemResponse,
  type ReducedQueries,
  type QueryMap,
  type ResponseInput,
  type ResponseKind,
  responseLogits,
  type ResponseModel,
  type Responses,
  type TriedChoice,
  unpackResponseModel,
  WIDEST_SPACE,
  withOwnDifficulty,
} from './item-response/index.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type {
  Matrix,
  ModelCard,
  NamedArray,
  OutcomeValues,
  Random,
  RunContext,
  TrainingData,
} from '@routeprofile/schema';
