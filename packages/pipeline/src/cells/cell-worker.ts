import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { RouteProfileError, messageOf } from '@routeprofile/schema';
import { openWorkspace } from './workspace.js';
import { runCell } from './run-cell.js';
import { planRun } from './plan.js';
import type { WorkerReply, WorkerRequest, WorkerTask } from './workers.js';

/** A worker thread of `run`, for `--jobs` and for plugins: loads the data once, then computes the cells it is sent. */

function fail(port: MessagePort, error: unknown): void {
  const known = RouteProfileError.isInstance(error);
  const fatal = {
    code: known ? error.code : ('INTERNAL' as const),
    message: messageOf(error),
    ...(known && error.hint !== undefined && { hint: error.hint }),
  };
  port.postMessage({ fatal } satisfies WorkerReply);
}

/** The main thread reports progress; a worker only says that the thread is not hanging, once a second at most. */
function signsOfLife(reply: (message: WorkerReply) => void): () => void {
  let last = -Infinity;
  return () => {
    const now = performance.now();
    if (now - last < 1000) return;
    last = now;
    reply({ alive: true });
  };
}

async function serve(port: MessagePort, { config, failures, shared }: WorkerTask): Promise<void> {
  const reply = (message: WorkerReply) => port.postMessage(message);
  const logger = { info: () => {}, warn: (warning: string) => reply({ warning }) };
  const ctx = { seed: config.seed[0]!, logger, onProgress: signsOfLife(reply) };
  const plan = await planRun(config, failures);
  const workspace = await openWorkspace(plan, ctx, { shared, encoderThreads: 1 });
  port.on('message', ({ cell }: WorkerRequest) => {
    const started = performance.now();
    runCell(workspace, plan.cells[cell]!, ctx).then(
      (outcome) => reply({ cell, outcome, seconds: (performance.now() - started) / 1000 }),
      (error: unknown) => fail(port, error),
    );
  });
  reply({ ready: true });
}

const port = parentPort;
// The data come from our own main thread, which has validated them.
if (port !== null) serve(port, workerData as WorkerTask).catch((error: unknown) => fail(port, error));
