export { extractCode } from './node/code/extract.js';
export { DEFAULT_CODE_LIMITS, type CodeLimits } from './node/code/limits.js';
export { runCodeTasks, type RunAllOptions } from './node/code/run-all.js';
export {
  codeSandboxStatus,
  openCodeSandbox,
  type CodeResult,
  type CodeSandbox,
  type CodeSandboxStatus,
  type CodeTask,
  type SandboxOptions,
  type Verdict,
} from './node/code/sandbox.js';
export { codeProblem, codeTask, type CodeProblem } from './node/code/tasks.js';
export { labelAgreement, type Disagreement, type LabelAgreement } from './node/rescore/agreement.js';
export { KEPT_REASONS, type AuditCounts, type KeptReason, type RescoreAudit } from './node/rescore/audit.js';
export { rescoreRows, type Rescored, type RescoreOptions } from './node/rescore/rescore.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type { RoutingRow, RunContext, RunReport } from '@routeprofile/schema';
export type { DesignSpace } from './design-space/schema.js';
