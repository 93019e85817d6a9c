import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { sleep } from '@routeprofile/providers';
import { plural, RouteProfileError, throwIfAborted, type RunContext } from '@routeprofile/schema';
import type { StepContext } from '../steps/inputs.js';
import type { OpenedModels } from './answer-call.js';
import { openQueueDatabase } from './database.js';
import { openJoinedRuns } from './joined-runs.js';
import { fingerprintOfChat, type Manifest } from './manifest.js';
import { anyOf, computeCells, makeCalls, type Worker } from './serve-jobs.js';
import { openTakenJobs } from './taken-jobs.js';
import { assertSameParts, type TrustedParts } from './trusted-parts.js';
import { removeLeftWorkFolders } from './work-folders.js';

/** How a worker is started. */
export interface WorkOptions extends TrustedParts {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; never printed. */
  connection: string;
  /** Cells that are computed at the same time. */
  jobs: number;
  /** Calls of models that are made at the same time. */
  calls: number;
  /** The models that it may ask, by id; without them it takes no calls. */
  models?: OpenedModels | undefined;
  /** Seconds without anything to do after which it ends. Default: never. */
  idleSeconds?: number | undefined;
}

/** What a worker did. */
export interface WorkReport {
  /** Profile sets and cells that it computed. */
  cells: number;
  calls: number;
  /** Runs that it could not take part in. */
  refused: number;
}

/** Milliseconds between looks for runs. */
const RUNS_MS = 1_000;

/**
 * Takes cells of `run` and calls of `collect` that share this queue, until the signal fires or there was nothing to do for `idleSeconds`.
 * It needs no data: what a run has read and encoded comes through the database.
 * @throws RouteProfileError UNSUPPORTED, BAD_OPTION, NETWORK as opening the queue; ABORTED
 */
export async function workOn(options: WorkOptions, ctx: StepContext): Promise<WorkReport> {
  const failed = new AbortController();
  const signal = anyOf(ctx, failed.signal);
  // Each cell and call that is under way listens.
  setMaxListeners(0, signal);
  const context: RunContext = { ...ctx, seed: 0, signal };
  const { jobs, calls, models } = options;
  const name = `worker ${hostname()}:${process.pid}`;
  const left = await removeLeftWorkFolders();
  if (left > 0) ctx.logger?.info(`Removed ${plural(left, 'temporary folder')} of workers that were killed`);
  const database = await openQueueDatabase(options.connection, ctx);
  const check = async (manifest: Manifest) => {
    if (manifest.kind === 'cells') await assertSameParts(manifest, options);
    else assertSameModels(manifest.models, models);
  };
  const kinds: Manifest['kind'][] = [...(jobs > 0 ? ['cells' as const] : []), ...(calls > 0 ? ['calls' as const] : [])];
  const worker: Worker = {
    database,
    runs: openJoinedRuns(database, name, kinds, check, ctx.logger),
    taken: openTakenJobs(database, (error) => worker.failures.push(error)),
    joined: [],
    done: { cells: 0, calls: 0 },
    busy: 0,
    lastBusy: performance.now(),
    failures: [],
    ending: false,
  };
  const idle = () =>
    options.idleSeconds !== undefined &&
    worker.busy === 0 &&
    performance.now() - worker.lastBusy > options.idleSeconds * 1000;
  const look = async () => {
    while (!worker.ending) {
      worker.joined = await worker.runs.look();
      if (worker.failures.length > 0) throw worker.failures[0];
      if (idle()) worker.ending = true;
      else await sleep(RUNS_MS, ctx.signal);
    }
  };
  const parts = [
    look(),
    ...Array.from({ length: jobs }, () => computeCells(worker, options, context)),
    ...(models === undefined ? [] : [makeCalls(worker, calls, models, context)]),
  ].map((part) =>
    part.catch((error: unknown) => {
      worker.ending = true;
      // A cell may take hours; its worker is of no use without what has failed.
      failed.abort();
      throw error;
    }),
  );
  try {
    await Promise.all(parts);
    return { ...worker.done, refused: worker.runs.refused() };
  } catch (error) {
    throwIfAborted(ctx);
    throw error;
  } finally {
    await Promise.allSettled(parts);
    worker.taken.close();
    await database.close();
  }
}

/** @throws RouteProfileError BAD_OPTION, UNSUPPORTED where a model would be asked otherwise than the run expects */
function assertSameModels(wanted: Readonly<Record<string, string>>, models: OpenedModels | undefined): void {
  const hint = 'Start the worker with the same config file: --config FILE. Keys stay on each machine.';
  if (models === undefined)
    throw new RouteProfileError('BAD_OPTION', 'the run asks models, and this worker was given none', { hint });
  for (const [id, fingerprint] of Object.entries(wanted)) {
    const own = models.get(id);
    if (own === undefined || fingerprintOfChat(own.chat.id) !== fingerprint)
      throw new RouteProfileError(
        'UNSUPPORTED',
        `the model ${id} is ${own === undefined ? 'missing in' : 'another model, or has other settings, in'} the config file of this worker`,
        { hint },
      );
  }
}
