export {
  createAsker,
  type Asker,
  type AskerOptions,
  type Call,
  type NoAnswer,
  type Reply,
  type SendCall,
} from './ask/asker.js';
export { askAll } from './ask/ask-all.js';
export { openModel, type Environment, type PaidModel } from './ask/models.js';
export type { Rates } from './ask/pace.js';
export { readPrompts } from './ask/prompts.js';
export { builtInGraders } from './grading/built-in.js';
export {
  cem,
  em,
  emMc,
  f1,
  gsm8k,
  math,
  METRIC_ALIASES,
  METRIC_RULES,
  type MetricAlias,
  type MetricRules,
  resolveMetric,
  RESPONSE_METRICS,
  type ResponseMetric,
  type RuleSet,
  scoreResponse,
  type TextMetric,
} from './grading/index.js';
export { openJournal, type Journal, type StartedCall } from './journal/journal.js';
export type { Answered, FailedCall } from './journal/lines.js';
export { readGold } from './judge/gold.js';
export { measureJudge, type GoldLabel, type JudgedScore, type JudgeQuality, type Measured } from './judge/measure.js';
export type { ModelEstimate } from './plan/estimate.js';
export { labelAgreement, type Disagreement, type LabelAgreement } from './rescore/agreement.js';
export { KEPT_REASONS, type AuditCounts, type KeptReason, type RescoreAudit } from './rescore/audit.js';
export { rescoreRows, type Rescored, type RescoreOptions } from './rescore/rescore.js';
export {
  collectOutcomes,
  planCollection,
  type CollectOptions,
  type CollectPlan,
  type CollectReport,
} from './run/collect.js';
export type { ModelSummary } from './run/results.js';
export { openModels, type CollectParts } from './run/setting.js';
export { extractCode } from './sandbox/extract.js';
export { DEFAULT_CODE_LIMITS, type CodeLimits } from './sandbox/limits.js';
export { runCodeTasks, type RunAllOptions } from './sandbox/run-all.js';
export {
  codeSandboxStatus,
  openCodeSandbox,
  type CodeResult,
  type CodeSandbox,
  type CodeSandboxStatus,
  type CodeTask,
  type SandboxOptions,
  type Verdict,
} from './sandbox/sandbox.js';
export { codeProblem, codeTask, type CodeProblem } from './sandbox/tasks.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export { collectConfigSchema } from '@routeprofile/schema';
export type {
  AskedModel,
  ChatMessage,
  ChatModel,
  CollectConfig,
  CollectConfigInput,
  GradedComparison,
  GraderPlugin,
  LanguageModelObject,
  Matrix,
  Price,
  ProgramRunner,
  PromptItem,
  RoutingRow,
  RunContext,
  StrategyReference,
  Usage,
} from '@routeprofile/schema';
export type { FaultKind } from '@routeprofile/providers';
export type { EmptyTruth } from './grading/answers.js';
