import {
  RouteProfileError,
  throwIfAborted,
  type ErrorCode,
  type FailedCell,
  type RunConfig,
  type RunContext,
} from '@routeprofile/schema';
import { openThread, ThreadLost, type Thread } from '../plugins/thread.js';
import type { Workspace } from './workspace.js';
import type { CellResult } from './cell-store.js';
import { failedCell } from './run-cell.js';
import { pluginOf, type Cell, type LoadFailures } from './plan.js';

/** What a worker is started with. */
export interface WorkerTask {
  config: RunConfig;
  /** Plugins that could not be loaded. */
  failures: LoadFailures;
  /** Folder of the cells, shared by all workers. */
  shared: string;
}

/** To a worker: compute this cell. */
export interface WorkerRequest {
  cell: number;
}

/** From a worker: it is ready, a cell's outcome, a sign of life, a warning, or the error that ends the run. */
export type WorkerReply =
  | { ready: true }
  | { cell: number; outcome: CellResult | FailedCell; seconds: number }
  | { alive: true }
  | { warning: string }
  | { fatal: { code: ErrorCode; message: string; hint?: string } };

/** Cells of one profile go to one worker while there are others, so that a profile is built once. */
function profileQueues(cells: readonly Cell[], open: readonly number[]): number[][] {
  const queues = new Map<string, number[]>();
  for (const i of open) {
    const key = `${cells[i]!.profile}|${cells[i]!.seed}`;
    queues.set(key, [...(queues.get(key) ?? []), i]);
  }
  return [...queues.values()];
}

/** The reply that is waited for; warnings are handed on, and what ends the run is thrown. */
const listen =
  <T>(ctx: RunContext, wanted: (reply: WorkerReply) => T | undefined) =>
  (reply: WorkerReply): T | undefined => {
    if ('fatal' in reply) {
      const { code, message, hint } = reply.fatal;
      throw new RouteProfileError(code, message, hint === undefined ? {} : { hint });
    }
    if ('warning' in reply) ctx.logger?.warn(reply.warning);
    return wanted(reply);
  };

/**
 * Computes cells in `jobs` worker threads. Each has its own data, encoder and tensors; results come back through the shared cell
 * folder's format, so they do not depend on who computed them. A worker that is lost, or that a plugin keeps silent for longer
 * than `config.pluginTimeout`, costs the cell it was at; another takes its place.
 */
export async function runInWorkers(
  workspace: Workspace,
  open: readonly number[],
  jobs: number,
  ctx: RunContext,
  onDone: (cell: number, outcome: CellResult | FailedCell, seconds: number) => void,
): Promise<void> {
  const { config, cells, failures } = workspace.plan;
  const { signal } = ctx;
  const queues = profileQueues(cells, open);
  const task: WorkerTask = { config: { ...config, jobs: 1 }, failures, shared: workspace.cells.folder };
  const threads = new Set<Thread<WorkerReply>>();
  /** What ended the run, first things first; from then on no thread is started, and a lost one is not a cell's fault. */
  const fatal: unknown[] = [];

  const start = async (): Promise<Thread<WorkerReply>> => {
    const thread = openThread<WorkerReply>('cell-worker', task, (line) => ctx.logger?.info(line));
    threads.add(thread);
    try {
      await thread.ask(
        undefined,
        listen(ctx, (reply) => 'ready' in reply || undefined),
        { ...(signal && { signal }) },
      );
      return thread;
    } catch (error) {
      throw error instanceof ThreadLost
        ? new RouteProfileError('INTERNAL', `a worker ${error.message} before it began`, { cause: error })
        : error;
    }
  };

  /** The outcome of one cell; undefined in place of the thread when it was lost over it. */
  const compute = async (i: number, thread: Thread<WorkerReply>): Promise<Thread<WorkerReply> | undefined> => {
    const started = performance.now();
    const plugin = pluginOf(workspace.plan, cells[i]!);
    try {
      const request: WorkerRequest = { cell: i };
      const { outcome, seconds } = await thread.ask(
        request,
        listen(ctx, (reply) => ('cell' in reply ? reply : undefined)),
        { ...(signal && { signal }), ...(plugin !== undefined && { silence: config.pluginTimeout }) },
      );
      onDone(i, outcome, seconds);
      return thread;
    } catch (error) {
      if (fatal.length > 0 || !(error instanceof ThreadLost)) throw error;
      const [code, who] =
        plugin === undefined ? (['INTERNAL', 'the worker'] as const) : (['PLUGIN_FAILED', plugin] as const);
      const remedy = error.silent ? '; if it needs longer, let it report progress or raise --plugin-timeout' : '';
      const failure = new RouteProfileError(code, `${who} ${error.message}${remedy}`, { cause: error });
      onDone(i, failedCell(workspace, cells[i]!, failure), (performance.now() - started) / 1000);
      threads.delete(thread);
      return undefined;
    }
  };

  const serve = async (): Promise<void> => {
    let thread: Thread<WorkerReply> | undefined;
    for (let queue = queues.shift(); queue; queue = queues.shift())
      for (const i of queue) {
        if (fatal.length > 0) return;
        throwIfAborted(ctx);
        thread = await compute(i, thread ?? (await start()));
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
}
