import { throwIfAborted, type RunContext } from '@routeprofile/schema';
import type { CellQueue } from './cell-queue.js';
import { openCellThread, type CellThread, type ThreadTask } from './cell-thread.js';
import type { Cell } from './plan.js';
import type { Workspace } from './workspace.js';

/** Cells of one profile go to one worker while there are others, so that a profile is built once. */
function profileQueues(cells: readonly Cell[], open: readonly number[]): number[][] {
  const queues = new Map<string, number[]>();
  for (const i of open) {
    const key = `${cells[i]!.profile}|${cells[i]!.seed}`;
    queues.set(key, [...(queues.get(key) ?? []), i]);
  }
  return [...queues.values()];
}

/**
 * Computes cells in `jobs` worker threads. Each has its own data, encoder and tensors; results come back through the shared cell
 * folder's format, so they do not depend on who computed them. A worker that is lost costs the cell it was at; another takes its place.
 */
export const localWorkers = (jobs: number): CellQueue => ({
  async compute(workspace, open, ctx, onDone) {
    const queues = profileQueues(workspace.plan.cells, open);
    const threads = new Set<CellThread>();
    /** What ended the run, first things first; from then on no thread is started. */
    const fatal: unknown[] = [];

    const serve = async (): Promise<void> => {
      let thread: CellThread | undefined;
      for (let queue = queues.shift(); queue; queue = queues.shift())
        for (const i of queue) {
          if (fatal.length > 0) return;
          throwIfAborted(ctx);
          if (thread === undefined || thread.lost) threads.add((thread = localThread(workspace, ctx)));
          const { outcome, seconds } = await thread.computeCell({ cell: i });
          if (thread.lost) threads.delete(thread);
          await onDone(i, outcome, seconds);
        }
    };
    const end = () => Promise.all([...threads].map((thread) => thread.end()));
    const serveOrEnd = async (): Promise<void> => {
      try {
        await serve();
      } catch (error) {
        fatal.push(error);
        // The others wait for cells that nobody wants any more; this is what lets them go.
        await end();
      }
    };
    throwIfAborted(ctx);
    await Promise.all(Array.from({ length: Math.min(jobs, queues.length) }, serveOrEnd));
    await end();
    if (fatal.length > 0) throw fatal[0];
  },
});

/** A thread of this process for a workspace's cells. */
export function localThread({ plan, cells }: Workspace, ctx: RunContext): CellThread {
  const task: ThreadTask = { config: { ...plan.config, jobs: 1 }, failures: plan.failures, shared: cells.folder };
  return openCellThread(plan, task, ctx);
}
