export { baselines, oracleChoices, type BaselineInput } from './baselines/baselines.js';
export { cheapest } from './baselines/cheapest.js';
export { COLLAPSED_EFFECTIVE_MODELS, COLLAPSED_SAME_OUTCOME, COLLAPSED_TOP_SHARE, collapseOf } from './collapse.js';
export {
  PAPER_GRAPHS,
  PAPER_ROUTERS,
  paperTables,
  type PaperCell,
  type PaperGraph,
  type PaperProfile,
  type PaperRouter,
  type PaperRow,
} from './design-space/paper-tables.js';
export { isConstant, spaceCells, type SpaceCell } from './design-space/cells.js';
export { paperDifferences, type PaperDifference } from './design-space/differences.js';
export {
  labelComparisons,
  type ComparedBaseline,
  type ComparedRow,
  type LabelComparison,
} from './design-space/labels.js';
export { designSpaceSchema, type DesignSpace, type DesignSpaceScenario } from './design-space/schema.js';
export {
  designSpaceTables,
  measured,
  scenarioTables,
  type OurCell,
  type ScenarioTables,
  type TableCell,
  type TableRow,
} from './design-space/tables.js';
export {
  paperSummary,
  scenarioSummary,
  type Beside,
  type PaperCount,
  type PaperSummary,
  type ScenarioSummary,
} from './design-space/summary.js';
export {
  compareRuns,
  type ComparedMetric,
  type PolicyComparison,
  type RunComparison,
  type Tally,
} from './compare/compare-runs.js';
export type { ChoiceChanges } from './compare/choices.js';
export type { ComparedRun } from './compare/policies.js';
export { evaluateChoices } from './evaluate.js';
export {
  leastOutstanding,
  randomServer,
  routed,
  roundRobin,
  twoChoices,
  type FleetPolicy,
  type RoutedOptions,
  type SeenAnswer,
  type SeenServer,
} from './fleet/policies.js';
export {
  fleetCapacity,
  simulateFleet,
  type FleetInput,
  type FleetQueries,
  type FleetResult,
  type FleetServer,
} from './fleet/simulate.js';
export { LEAST_ROWS, pairedInterval, pairedIntervals, type DifferenceInterval } from './interval.js';
export { comparedMetrics, type ComparedValue } from './compare/values.js';
export { builtInMetrics } from './metrics/index.js';
export type { ChosenRows } from './metrics/chosen-rows.js';
export type { MetricColumns, ReportMetric } from './metrics/report-metric.js';
export { callCost } from './metrics/run-costs.js';
export {
  replayOnline,
  type OnlineRegret,
  type OnlineReplay,
  type OnlineReplayInput,
  type OnlineReplayOptions,
} from './online/replay-online.js';
export type { Feedback, ReplayedPolicy } from './online/rounds.js';
export type { Estimator, Support } from './off-policy/contrast.js';
export {
  loggedValue,
  offPolicyDifference,
  offPolicyGain,
  offPolicyValue,
  type Assumption,
  type EstimateOptions,
  type LoggedValue,
  type OffPolicyValue,
  type PropensityNote,
  type Verdicts,
} from './off-policy/estimate.js';
export {
  fitOffPolicy,
  PROPENSITY_FLOOR,
  type OffPolicyEvidence,
  type OffPolicyOptions,
  type Outcomes,
} from './off-policy/evidence.js';
export { offPolicyLead, type Lead, type LeadOptions } from './off-policy/lead.js';
export { judgedShares, type LoggedPropensities, type LoggedRows, type TargetPolicy } from './off-policy/logged-rows.js';
export type { Propensities, PropensityCalibration } from './off-policy/propensities.js';
export { meanRewards, ridgeRewards, type RewardModel, type RewardRows } from './off-policy/reward-model.js';
export { suggestQueries, type SuggestedQuery, type Suggestions } from './off-policy/suggest.js';
export {
  LEAST_EFFECTIVE_ROWS,
  MOST_UNSUPPORTED,
  type KnownVerdict,
  type Obstacle,
  type UnknownVerdict,
  type Verdict,
} from './off-policy/verdict.js';
export { assembleReport, type ReportInput } from './report/assemble.js';
export type { CellQuantization, EvaluatedCell } from './report/cell.js';
export type { FrontierChoices } from './frontier/frontier.js';
export type { OutOfFold, SelectionRows } from './recommend/contenders.js';
export { VERSUS_HINDSIGHT } from './report/intervals.js';
export { constantBaselines, favouriteModel, isConstantBaseline, newModelGain, rowName } from './report/read.js';
export { assembleRows } from './report/rows.js';
export {
  CONSTANTS_FILE,
  elsewhereOf,
  joinReport,
  MOST_CONSTANTS,
  splitReport,
  type SplitReport,
} from './report/split.js';
export {
  PERTURBATIONS,
  perturbQueries,
  perturbQuery,
  robustnessOf,
  type Perturbation,
  type PerturbationName,
} from './robustness/perturb.js';
export { takeTableRows, usableRows } from './table.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type {
  Baseline,
  Candidate,
  Collapse,
  ConstantLine,
  Elsewhere,
  Evaluation,
  LearnerStrategy,
  Metric,
  Metrics,
  OutcomeTable,
  QueryBatch,
  Random,
  Router,
  RoutingRun,
  ReportRow,
  RowsFile,
  RunReport,
  TrainingData,
} from '@routeprofile/schema';
export type { BootstrapOptions } from '@routeprofile/numerics';
export type { RunWithoutNew } from './metrics/new-models.js';
