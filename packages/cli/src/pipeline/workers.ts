import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import {
  RouteProfileError,
  throwIfAborted,
  type ErrorCode,
  type FailedCell,
  type RunConfig,
  type RunContext,
} from '@routeprofile/schema';
import type { Bench } from './bench.js';
import type { CellResult } from './cells.js';
import type { Cell } from './plan.js';

/** What a worker is started with. */
export interface WorkerTask {
  config: RunConfig;
  /** Folder of the cells, shared by all workers. */
  shared: string;
}

/** To a worker: compute this cell. */
export interface WorkerRequest {
  cell: number;
}

/** From a worker: it is ready, a cell's outcome, a warning, or the error that ends the run. */
export type WorkerReply =
  | { ready: true }
  | { cell: number; outcome: CellResult | FailedCell; seconds: number }
  | { warning: string }
  | { fatal: { code: ErrorCode; message: string; hint?: string } };

/** The built entry beside this package's own package.json, also when this runs from source. */
function workerFile(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('@routeprofile/cli/package.json')), 'dist', 'cell-worker.js');
}

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
 * Computes cells in `config.jobs` worker threads. Each has its own data, encoder and tensors; results come back through
 * the shared cell folder's format, so they do not depend on who computed them.
 */
export async function runInWorkers(
  bench: Bench,
  open: readonly number[],
  ctx: RunContext,
  onDone: (cell: number, outcome: CellResult | FailedCell, seconds: number) => void,
): Promise<void> {
  const { config, cells } = bench.plan;
  const queues = profileQueues(cells, open);
  const task: WorkerTask = { config: { ...config, jobs: 1 }, shared: bench.cells.folder };
  const workers = Array.from(
    { length: Math.min(config.jobs, queues.length) },
    () => new Worker(workerFile(), { workerData: task }),
  );

  const serve = (worker: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      let queue: number[] = [];
      const next = () => {
        if (queue.length === 0) queue = queues.shift() ?? [];
        const cell = queue.shift();
        if (cell === undefined) resolve();
        else worker.postMessage({ cell } satisfies WorkerRequest);
      };
      worker.on('message', (reply: WorkerReply) => {
        if ('warning' in reply) return ctx.logger?.warn(reply.warning);
        if ('fatal' in reply) {
          const { code, message, hint } = reply.fatal;
          return reject(new RouteProfileError(code, message, hint === undefined ? {} : { hint }));
        }
        if ('cell' in reply) onDone(reply.cell, reply.outcome, reply.seconds);
        next();
      });
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new RouteProfileError('INTERNAL', `a worker ended with exit code ${code}`)));
      ctx.signal?.addEventListener('abort', () => reject(new RouteProfileError('ABORTED', 'interrupted')), {
        once: true,
      });
    });
  try {
    throwIfAborted(ctx);
    await Promise.all(workers.map(serve));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
