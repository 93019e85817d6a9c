import type { FailedCell, RunContext } from '@routeprofile/schema';
import type { CellResult } from './cell-store.js';
import type { Workspace } from './workspace.js';

/** Computes cells elsewhere than in the calling thread: in threads of this process, or in workers on other machines. */
export interface CellQueue {
  /**
   * Computes cells of a workspace's plan and keeps what they make in the workspace's folders, as `runCell` does.
   * @param open which, by their places in the plan
   * @param onDone hears of each exactly once, in any order, when its result or failure is kept; `seconds` is what computing it took
   * @throws RouteProfileError ABORTED once the signal fires; what ends a run, such as WRITE_FAILED. Nothing is computed after that.
   */
  compute(
    workspace: Workspace,
    open: readonly number[],
    ctx: RunContext,
    onDone: (cell: number, outcome: CellResult | FailedCell, seconds: number) => void | Promise<void>,
  ): Promise<void>;
}
