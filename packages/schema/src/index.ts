export { z } from 'zod';
export { artifactArray, type SavedArrays } from './artifact-array.js';
export {
  candidateSchema,
  designPointSchema,
  type GraphFile,
  graphFileSchema,
  type ProfileManifest,
  profileManifestSchema,
  provenanceSchema,
  routerFileSchema,
  routerManifestSchema,
} from './artifacts.js';
export { type ChatModel, type ChatRequest, type Completion, type Usage, usageSchema } from './chat.js';
export {
  type AskedModel,
  type CollectConfig,
  type CollectConfigInput,
  collectConfigSchema,
  type LanguageModelObject,
} from './collect-config.js';
export {
  type ConfigFile,
  DEFAULT_ENCODER,
  defineConfig,
  type RunConfig,
  type RunConfigInput,
  runConfigSchema,
  type Scenario,
  type StrategyInput,
} from './config.js';
export { type Logger, nextTurn, type Progress, type RunContext, type Store, throwIfAborted } from './context.js';
export { inPool } from './pool.js';
export {
  type Candidate,
  type Capabilities,
  type Dataset,
  type Description,
  type DomainDescription,
  type Latency,
  type LeftOut,
  type Limits,
  mapOutcomes,
  type Mode,
  type ModelCard,
  type OutcomeTable,
  type OutcomeValues,
  type PreferencePair,
  type Price,
  type QueryRecord,
  type QueryTextPolicy,
  takeOutcomes,
  type TaskScore,
  type TokenUse,
  type TrainingData,
  type TrajectoryStep,
} from './dataset.js';
export {
  type DatasetLayout,
  type DatasetOptions,
  datasetOptionsSchema,
  type LayoutCheck,
  type LayoutOptions,
  type Oddity,
  type RowCoverage,
} from './dataset-layout.js';
export {
  defineEncoder,
  defineGrader,
  defineMetric,
  defineProfile,
  defineRouter,
  defineWrapper,
  type Definition,
  type EncoderPlugin,
  type Plugin,
  PLUGIN_KEYWORD,
} from './define.js';
export { type DriftFlag } from './drift.js';
export { type Encoder } from './encoder.js';
export { estimateTokens } from './estimate-tokens.js';
export {
  ERROR_FAULTS,
  type ErrorCode,
  type ErrorInfo,
  exitCodeOf,
  type FailureExitCode,
  messageOf,
  messageWithHint,
  RouteProfileError,
} from './errors.js';
export { distinctNamesSchema, nameSchema } from './formats/common.js';
export {
  costSchema,
  figureSchema,
  finiteSchema,
  float32Schema,
  latencySchema,
  NUMBER_BOUNDS,
  type NumberBounds,
  pricePerMillionSchema,
  propensitySchema,
  scoreSchema,
  tokensSchema,
} from './formats/numbers.js';
export {
  type Outcome,
  type OutcomeRow,
  type RestOfLog,
  type RestOutcomes,
  outcomeRowSchema,
  type Sample,
  sampleSchema,
  outcomeSchema,
  outcomesMetaSchema,
} from './formats/outcomes.js';
export {
  defaultQuerySchema,
  descriptionsFileSchema,
  domainTaskMapFileSchema,
  type ModelCardFile,
  modelCardFileSchema,
  modelCardsFileSchema,
  modelPerformanceSchema,
  pairwiseFileSchema,
  type PairwiseRow,
  pairwiseRowSchema,
  pairwiseRowsSchema,
  routingFileSchema,
  type RoutingRow,
  routingRowSchema,
  taskQueriesFileSchema,
} from './formats/published.js';
export { CARD_SPELLINGS, inOurUnit, OUTCOME_SPELLINGS, type Spelling, spellingIssues } from './formats/spellings.js';
export {
  type GivenAnswer,
  type Grade,
  type GradedComparison,
  type Grader,
  type GraderParts,
  type GraderPlugin,
  type ProgramRunner,
  type PromptItem,
  promptItemSchema,
} from './grader.js';
export { type HeteroGraph, NODE_TYPES, type NodeSet, type NodeType, type Relation } from './graph.js';
export { type Fields, fieldsOf, isFields } from './fields.js';
export { float32Of, float32Text } from './float32-text.js';
export { grouped } from './grouped.js';
export { type FileFormat, fileSchemas, jsonSchema } from './json-schema.js';
export {
  type JudgedDecision,
  type LearnedRouter,
  type LearnerArtifact,
  type LearnerStrategy,
  type OnlineLearner,
} from './learner.js';
export {
  assertFinite,
  assertShape,
  createMatrix,
  fromRows,
  type Matrix,
  type NamedArray,
  normalizeRows,
  normalizeRowsInPlace,
  rowOf,
  takeRows,
  viewRows,
} from './matrix.js';
export {
  meanOfCounted,
  type Metric,
  METRIC_FORMATS,
  type MetricDefinition,
  type MetricFormat,
  type RoutingRun,
} from './metric.js';
export { issueText } from './issue-text.js';
export { meantNames } from './misspelt.js';
export { unknownName, type UnknownName } from './unknown-name.js';
export { type OptionInfo, optionInfos } from './option-info.js';
export {
  formatStrategyReference,
  parseNamedReference,
  parseOptions,
  parseStrategyList,
  parseStrategyReference,
  partOptions,
  type StrategyReference,
} from './options.js';
export { costPerUseful } from './cost-per-useful.js';
export { type Judgement, judgedWorth } from './judged-worth.js';
export { type Chooser, chooserOf } from './recorded-choice.js';
export { notInstalled } from './not-installed.js';
export { plural, printable, someOf } from './printing.js';
export {
  type BuildPlan,
  type DesignPoint,
  type Environment,
  type KeyedScores,
  type NodeFeatures,
  type PlannedPrompt,
  type ProfileInput,
  type ProfileSet,
  type ProfileStrategy,
  type Provenance,
} from './profile.js';
export {
  admitsOffer,
  type CatalogueOffer,
  catalogueOfferSchema,
  type FoundProfile,
  type FoundProfiles,
  type IndexArray,
  type ProfileFilter,
  profileFilterSchema,
  type ProfileIndex,
  type ProfileIndexArtifact,
  type ProfileIndexStrategy,
  type ProfileRows,
  type ProfileSource,
} from './profile-index.js';
export { type ChatMessage, chatMessageSchema, type Query, querySchema, queryText } from './query.js';
export { noUserText, queryTextOf, type ReadQuery } from './query-text.js';
export { createRandom, type Random } from './random.js';
export {
  type Baseline,
  baselineSchema,
  type ConstantLine,
  constantLineSchema,
  type Elsewhere,
  elsewhereSchema,
  type Calibration,
  calibrationSchema,
  type Collapse,
  collapseSchema,
  type ConstantsFrontier,
  constantsFrontierSchema,
  type Contender,
  contenderSchema,
  type CostPoint,
  type DescribedMetric,
  describedMetricSchema,
  type Estimate,
  type EstimatedPoint,
  estimateSchema,
  type Evaluation,
  evaluationSchema,
  type FailedCell,
  failedCellSchema,
  type Frontier,
  frontierSchema,
  type Interval,
  intervalSchema,
  type KeptPromise,
  keptPromiseSchema,
  type Metrics,
  metricsSchema,
  type OperatingPoint,
  operatingPointSchema,
  type PolicyRows,
  promiseSchema,
  type Quantization,
  quantizationSchema,
  type Recommendation,
  recommendationSchema,
  type Regret,
  regretSchema,
  type ReportRow,
  reportRowSchema,
  type RiskCoverage,
  riskCoverageSchema,
  type Robustness,
  robustnessSchema,
  type RouterPromise,
  type RowsFile,
  rowsFileSchema,
  type RunReport,
  runReportSchema,
  type SeededRows,
  type Verdict,
  verdictSchema,
} from './report.js';
export {
  type Decision,
  decisionsFromScores,
  explained,
  inFront,
  isScoringRouter,
  type JoiningModels,
  type ProbeOnboarding,
  type ProbePool,
  type RankedModel,
  type Reason,
  type Router,
  type RouterArtifact,
  type RouterInput,
  type RouterStrategy,
  type RouterWrapper,
  type RowScoring,
  type ScoringRouter,
  type WrapperInput,
  type WrapperState,
} from './router.js';
export { defineScoringRouter } from './scoring/define-scoring-router.js';
export { inheritance, inheritedReasons, inheritedRows, rowsWithHeirs } from './scoring/inheritance.js';
export { joinedManifest, joinedRows, type Joining, joiningModels } from './scoring/joining.js';
export { keyedScores } from './scoring/keyed.js';
export {
  askedPerQuery,
  isLog,
  isTestLog,
  statesChances,
  type Lesson,
  lessonOf,
  LOG_SHARE,
  requireLesson,
  seenModels,
} from './scoring/lesson.js';
export { assertOrdinary, assertTrainable } from './scoring/ordinary.js';
export { assertMadeBy, corruptFile, namedArray, parsePart, weightMatrix } from './scoring/saved-parts.js';
export { assertModels, profileVectors, queryVectors, type VectorSpace } from './scoring/vectors.js';
export type {
  ArrayShape,
  AskedQueries,
  Choice,
  ComparedWith,
  FoundIn,
  JoinInput,
  Learned,
  LearnInput,
  Lessons,
  RowScores,
  ScoredWith,
  ScoringRouterDefinition,
  WeightShape,
  WeightSize,
  WeightSizes,
} from './scoring/definition.js';
export { type Requirements, requirementsSchema } from './requirements.js';
export { type QueryBatch, type RouterTraining, type SharedWork } from './training.js';
export { type Offer, whatLacks } from './what-lacks.js';
export {
  linkWasm,
  type LinkedWasm,
  signedLeb,
  unsignedLeb,
  type WasmFunction,
  type WasmMemory,
  wasmModule,
  type WasmPages,
} from './wasm-module.js';
export { stripPrefix, withoutPrefixes } from './without-prefixes.js';
export {
  type OffPolicy,
  type OffPolicyPolicy,
  offPolicyPolicySchema,
  offPolicySchema,
  type OffPolicySuggestions,
  offPolicySuggestionsSchema,
  type OffPolicyVerdict,
  offPolicyVerdictSchema,
} from './report-off-policy.js';
