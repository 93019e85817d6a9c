export { attentionRouter, type AttentionOptions } from './attention/attention.js';
export { defineAuto, type AutoOptions } from './auto/auto.js';
export { autoRouter, builtInRouters, ensembleRouter } from './built-in.js';
export { fitCalibration, type Calibration, type CalibrationOptions } from './calibration/calibration.js';
export { expectedCalibrationError } from './calibration/error.js';
export { whyNoChances } from './calibration/observations.js';
export { clusterRouter, type ClusterOptions } from './cluster/cluster.js';
export type { CoTrainOptions } from './co-training/options.js';
export { coTrainedProfiles, type CoTrainedProfiles, type CoTrainState } from './co-training/saved.js';
export { bestSingleRouter } from './common/best-single.js';
export { outOfFoldDecisions, outOfFoldScores, sharedFolds } from './common/out-of-fold.js';
export { shareWork } from './common/shared-work.js';
export { defineEnsemble, type EnsembleOptions } from './ensemble/ensemble.js';
export { tokenEstimate, type TokenEstimate } from './estimates/tokens.js';
export { estimateCall, fitEstimates, type CallEstimate, type Estimates } from './estimates/estimates.js';
export { graphRouter } from './graph/graph.js';
export type { GraphOptions } from './graph/options.js';
export { irtRouter } from './irt/irt.js';
export type { IrtOptions } from './irt/responses.js';
export { knnRouter, type KnnOptions } from './knn/knn.js';
export type { Neighbours } from './knn/neighbours.js';
export {
  defineLlmRouter,
  type LlmRouterCall,
  type LlmRouterEnvironment,
  type LlmRouterOptions,
} from './llm-router/llm-router.js';
export { linearRouter, type LinearOptions } from './linear/linear.js';
export { mlpRouter } from './mlp/mlp.js';
export type { MlpOptions } from './mlp/options.js';
export { builtInLearners, learnerNamed, type NamedLearner } from './online/built-in.js';
export { irtLearner, type IrtLearnerOptions } from './online/irt-learner.js';
export { linUcbLearner, type LinUcbOptions } from './online/lin-ucb.js';
export { memoryLearner, type MemoryOptions } from './online/memory.js';
export { thompsonLearner, type ThompsonOptions } from './online/thompson.js';
export { onboardModel, placeModel } from './onboarding/onboard.js';
export { chooseProbes, type ProbeChoice } from './onboarding/probes.js';
export {
  openRouterFrom,
  routerOnQueries,
  textsOf,
  type OpenedRouter,
  type RouteOptions,
  type RouterParts,
} from './open/open-router-from.js';
export { packRouter, unpackRouter, type PackedRouter } from './open/packed-router.js';
export { savedQueryDistance, type QueryDistance } from './open/query-distance.js';
export { savedStrategy, type KnownStrategies } from './open/saved-strategy.js';
export { topModels, type TopModel } from './common/top-models.js';
export { withRetrieval, type RetrievalSettings, type SearchedIndex } from './retrieval/with-retrieval.js';
export { replaySigma, type SigmaReplay, type SigmaStep } from './sigma/replay-sigma.js';
export { sigmaRoute, type SigmaRoute } from './sigma/sigma.js';
export { simRouter, type SimOptions } from './sim/sim.js';
export {
  recordedAnswers,
  replaySupportSet,
  type RecordedAnswers,
  type SupportSetReplay,
  type SupportSetStep,
} from './support-set/replay-support-set.js';
export {
  scoresByAnswers,
  supportedModels,
  type GivenAnswer,
  type JudgedAnswers,
  type SupportedModels,
  type SupportSetOptions,
} from './support-set/support-set.js';
export { taskTableRouter, type TaskTableOptions } from './task-table/task-table.js';
export { twoStageRouter, type TwoStageOptions } from './two-stage/two-stage.js';
export { builtInWrappers } from './wrappers/built-in.js';
export { withCalibration } from './wrappers/calibrate.js';
export { withCascade, type Cascade } from './wrappers/cascade.js';
export type { Offer } from '@routeprofile/schema';
export { constraintsWrapper, withConstraints, type ConstraintsOptions } from './wrappers/constraints.js';
export { costSweep } from './wrappers/cost-path.js';
export { withCost } from './wrappers/cost.js';
export { withEstimates } from './wrappers/estimate.js';
export { withExploration } from './wrappers/exploration.js';
export {
  explorationOf,
  explorationSettings,
  type ExplorationSettings,
  type ExploredModel,
} from './wrappers/exploration-chances.js';
export { withDistrust, type DistrustSettings } from './wrappers/distrust.js';
export { withFallback, withLikeAlternatives, type FallbackSettings, type Likeness } from './wrappers/fallback.js';
export type { SavedCost, SavedWrapper } from './open/saved-wrappers.js';
export { fitFrontier, type Frontier, type FrontierOptions, type Sweep } from './wrappers/frontier.js';
export { withLoad, type LoadSettings } from './wrappers/load.js';
export { withHeuristic } from './wrappers/heuristic.js';
export {
  demandOf,
  paceAfter,
  startPacing,
  stillExpected,
  type PacedSpending,
  type Pacing,
  type PacingStart,
} from './wrappers/pacing.js';
export type { OperatingPoint } from './wrappers/operating-point.js';
export { withPareto, type ParetoWeights } from './wrappers/pareto.js';
export { parityGate } from './wrappers/parity.js';
export { fitParityGate, type ParityGate } from './wrappers/parity-gate.js';
export { personalData, type PersonalData } from './wrappers/pii.js';
export { priceOfExploring, type PriceOfExploring } from './wrappers/price-of-exploring.js';
export { promisesOf } from './wrappers/promises.js';
export { replayCascade, type Replay, type ReplayInput } from './wrappers/replay.js';
export type { WrappedRouter } from './wrappers/wrapped.js';
export { withThreshold, type Threshold } from './wrappers/threshold.js';
export { wrapStrategy, type NamedWrapper, type WrappedOptions } from './wrappers/wrap-strategy.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type {
  ChatModel,
  Candidate,
  Decision,
  Encoder,
  JudgedDecision,
  LearnedRouter,
  LearnerArtifact,
  LearnerStrategy,
  Matrix,
  OnlineLearner,
  OutcomeRow,
  ProbePool,
  ProfileFilter,
  ProfileIndex,
  Query,
  QueryBatch,
  RankedModel,
  Router,
  RouterArtifact,
  RouterInput,
  RouterPromise,
  RouterStrategy,
  RouterTraining,
  RouterWrapper,
  RunContext,
  ScoringRouter,
  SharedWork,
  Usage,
} from '@routeprofile/schema';
export type { ModelLoad, PlacedAbility } from '@routeprofile/numerics';
export type { Runtime } from '@routeprofile/tensor';
export type { EstimateOptions, FittedEstimates } from './estimates/estimates.js';
