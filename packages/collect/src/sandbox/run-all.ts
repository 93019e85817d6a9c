import type { RunContext } from '@routeprofile/schema';
import type { CodeLimits } from './limits.js';
import type { CodeResult, CodeSandbox, CodeTask } from './sandbox.js';

/** How many programs run at a time, and what each may use. */
export interface RunAllOptions {
  /** Programs at a time; default 2. */
  jobs?: number;
  /** What differs from `DEFAULT_CODE_LIMITS`. */
  limits?: Partial<CodeLimits>;
}

/**
 * Runs programs in a sandbox, a few at a time; results are in the order of the tasks.
 * @throws RouteProfileError ABORTED.
 */
export async function runCodeTasks(
  sandbox: CodeSandbox,
  tasks: readonly CodeTask[],
  { jobs = 2, limits = {} }: RunAllOptions = {},
  ctx?: Pick<RunContext, 'signal' | 'onProgress'>,
): Promise<CodeResult[]> {
  const results = new Array<CodeResult>(tasks.length);
  let next = 0;
  let done = 0;
  // One failure stops the others: no program is started for a result nobody waits for.
  let failed = false;
  const worker = async (): Promise<void> => {
    while (next < tasks.length && !failed) {
      const at = next++;
      try {
        results[at] = await sandbox.run(tasks[at]!, { limits, signal: ctx?.signal });
      } catch (error) {
        failed = true;
        throw error;
      }
      ctx?.onProgress?.({ stage: 'run programs', done: ++done, total: tasks.length, unit: 'programs' });
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, tasks.length)) }, worker));
  return results;
}
