import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { RouteProfileError, messageOf, type RunContext } from '@routeprofile/schema';
import { givenEncoder } from '../encoders/given-encoder.js';
import { keepProfiles, runCell } from './run-cell.js';
import { cellKey, profileKey } from './cell-key.js';
import type { ThreadReply, ThreadRequest, ThreadTask } from './cell-thread.js';
import { planRun } from './plan.js';
import { openWorkspace, type Workspace } from './workspace.js';

/** A worker thread, for `--jobs`, for plugins and for `worker`: has its data once, then computes what it is asked for. */

function fail(port: MessagePort, error: unknown): void {
  const known = RouteProfileError.isInstance(error);
  const fatal = {
    code: known ? error.code : ('INTERNAL' as const),
    message: messageOf(error),
    ...(known && error.hint !== undefined && { hint: error.hint }),
  };
  port.postMessage({ fatal } satisfies ThreadReply);
}

/** The main thread reports progress; a worker only says that the thread is not hanging, once a second at most. */
function signsOfLife(reply: (message: ThreadReply) => void): () => void {
  let last = -Infinity;
  return () => {
    const now = performance.now();
    if (now - last < 1000) return;
    last = now;
    reply({ alive: true });
  };
}

/** @throws RouteProfileError UNSUPPORTED where the same request would give another result here than where it was made */
function assertSame(workspace: Workspace, { cell, part, key }: ThreadRequest): void {
  const own = part === 'cell' ? cellKey : profileKey;
  if (key === undefined || own(workspace, workspace.plan.cells[cell]!) === key) return;
  throw new RouteProfileError('UNSUPPORTED', 'this worker would compute another result than the run expects', {
    hint: 'Its plugins, environment variables or packages differ from those of the run: make them the same.',
  });
}

async function answer(workspace: Workspace, request: ThreadRequest, ctx: RunContext): Promise<ThreadReply> {
  const started = performance.now();
  assertSame(workspace, request);
  const { cell, part, profileKept = false } = request;
  const seconds = () => (performance.now() - started) / 1000;
  const own = workspace.plan.cells[cell]!;
  if (part === 'profile')
    return { profile: cell, outcome: await keepProfiles(workspace, own, ctx), seconds: seconds() };
  return { cell, outcome: await runCell(workspace, own, ctx, { profileKept }), seconds: seconds() };
}

async function serve(port: MessagePort, { config, failures, shared, given }: ThreadTask): Promise<void> {
  const reply = (message: ThreadReply) => port.postMessage(message);
  const logger = { info: () => {}, warn: (warning: string) => reply({ warning }) };
  const ctx = { seed: config.seed[0]!, logger, onProgress: signsOfLife(reply) };
  const plan = await planRun(config, failures);
  const workspace = await openWorkspace(plan, ctx, {
    shared,
    encoderThreads: 1,
    ...(given && { given: { dataset: given.dataset, encoder: givenEncoder(given, config) } }),
  });
  port.on('message', (request: ThreadRequest) => {
    answer(workspace, request, ctx).then(reply, (error: unknown) => fail(port, error));
  });
  reply({ ready: true });
}

const port = parentPort;
// The data come from our own main thread, which has validated them.
if (port !== null) serve(port, workerData as ThreadTask).catch((error: unknown) => fail(port, error));
