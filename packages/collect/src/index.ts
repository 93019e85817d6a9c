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
export { labelAgreement, type Disagreement, type LabelAgreement } from './rescore/agreement.js';
export { KEPT_REASONS, type AuditCounts, type KeptReason, type RescoreAudit } from './rescore/audit.js';
export { rescoreRows, type Rescored, type RescoreOptions } from './rescore/rescore.js';
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
export type { RoutingRow, RunContext } from '@routeprofile/schema';
export type { EmptyTruth } from './grading/answers.js';
