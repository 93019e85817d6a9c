import { hostname } from 'node:os';
import { sleep } from '@routeprofile/providers';
import { RouteProfileError, throwIfAborted, type RunContext } from '@routeprofile/schema';
import type { StepContext } from '../steps/inputs.js';
import { answerCall, type OpenedModels } from './answer-call.js';
import { openCellSlot, type CellSlot } from './cell-slots.js';
import { openQueueDatabase, type QueueDatabase } from './database.js';
import { openJoinedRuns, type JoinedRun, type JoinedRuns } from './joined-runs.js';
import { fingerprintOfChat, type CellsManifest, type Manifest } from './manifest.js';
import { tellRun } from './shared-run.js';
import { openTakenJobs, type TakenJob, type TakenJobs } from './taken-jobs.js';
import { assertSameParts, type TrustedParts } from './trusted-parts.js';

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

/** Milliseconds between looks for jobs where there were none, and between looks for runs. */
const LOOK_MS = 150;
const RUNS_MS = 1_000;

/** What all parts of a worker share. */
interface Worker {
  database: QueueDatabase;
  taken: TakenJobs;
  runs: JoinedRuns;
  /** Those of the last look. */
  joined: readonly JoinedRun[];
  report: WorkReport;
  busy: number;
  lastBusy: number;
  /** What ended the worker, the first of it first. */
  failures: unknown[];
  ending: boolean;
}

/** A job of a run of one kind, where there is one. */
async function nextJobs(
  worker: Worker,
  kind: Manifest['kind'],
  most: number,
): Promise<[JoinedRun, TakenJob[]] | undefined> {
  for (const run of worker.joined) {
    if (run.manifest.kind !== kind) continue;
    const jobs = await worker.taken.take(run.id, most);
    if (jobs.length > 0) return [run, jobs];
  }
  return undefined;
}

/** Does a job, tells the run, and only then lets go of it: whoever dies in between, the job is done again. */
async function doJob(
  worker: Worker,
  taken: TakenJob,
  compute: () => Promise<Parameters<typeof tellRun>[2]>,
): Promise<void> {
  const { database, runs } = worker;
  worker.busy++;
  try {
    await tellRun(database, taken.run, await compute());
    await taken.done();
  } catch (error) {
    if (taken.over.aborted) return;
    // What is wrong with this worker says nothing about the job.
    await taken.giveBack();
    if (!RouteProfileError.isInstance(error) || error.code === 'NETWORK' || error.code === 'ABORTED') throw error;
    await runs.leave(taken.run, error);
    worker.joined = worker.joined.filter(({ id }) => id !== taken.run);
  } finally {
    worker.busy--;
    worker.lastBusy = performance.now();
  }
}

/** Computes one cell after the other. */
async function computeCells(worker: Worker, options: WorkOptions, ctx: RunContext): Promise<void> {
  let slot: CellSlot | undefined;
  const leaveSlot = async () => {
    await slot?.end();
    slot = undefined;
  };
  const slotOf = async (run: JoinedRun<CellsManifest>): Promise<CellSlot> => {
    if (slot?.run === run.id) return slot;
    await leaveSlot();
    const logger = {
      info: (text: string) => ctx.logger?.info(text),
      warn: (text: string) => {
        ctx.logger?.warn(text);
        tellRun(worker.database, run.id, { type: 'warning', text }).catch((error: unknown) =>
          worker.failures.push(error),
        );
      },
    };
    return (slot = await openCellSlot(worker.database, run, options, { ...ctx, logger }));
  };
  try {
    while (!worker.ending) {
      const found = await nextJobs(worker, 'cells', 1);
      if (found === undefined) {
        if (slot !== undefined && !worker.joined.some(({ id }) => id === slot?.run)) await leaveSlot();
        await sleep(LOOK_MS, ctx.signal);
        continue;
      }
      const [run, [taken]] = found as [JoinedRun<CellsManifest>, [TakenJob]];
      await doJob(worker, taken, async () => {
        const { job } = taken;
        if (job.type === 'call') throw new RouteProfileError('INTERNAL', 'a run of cells sent a call');
        return (await slotOf(run)).compute(job, taken.over);
      });
      worker.report.cells++;
    }
  } finally {
    await leaveSlot();
  }
}

/** Makes several calls at a time. */
async function makeCalls(worker: Worker, { calls, models }: WorkOptions, ctx: RunContext): Promise<void> {
  if (models === undefined) return;
  const under = new Set<Promise<void>>();
  while (!worker.ending) {
    const free = calls - under.size;
    const found = free > 0 ? await nextJobs(worker, 'calls', free) : undefined;
    for (const taken of found?.[1] ?? []) {
      const call = doJob(worker, taken, () => answerCall(taken.job, models, { ...ctx, signal: anyOf(ctx, taken.over) }))
        .then(() => void worker.report.calls++)
        .catch((error: unknown) => void worker.failures.push(error))
        .finally(() => under.delete(call));
      under.add(call);
    }
    if (found === undefined) await sleep(LOOK_MS / 3, ctx.signal);
  }
}

const anyOf = ({ signal }: RunContext, over: AbortSignal): AbortSignal =>
  signal === undefined ? over : AbortSignal.any([signal, over]);

/**
 * Takes cells of `run` and calls of `collect` that share this queue, until the signal fires or there was nothing to do for `idleSeconds`.
 * It needs no data: what a run has read and encoded comes through the database.
 * @throws RouteProfileError UNSUPPORTED, BAD_OPTION, NETWORK as opening the queue; ABORTED
 */
export async function workOn(options: WorkOptions, ctx: StepContext): Promise<WorkReport> {
  const context: RunContext = { ...ctx, seed: 0 };
  const name = `worker ${hostname()}:${process.pid}`;
  const database = await openQueueDatabase(options.connection, ctx);
  const check = async (manifest: Manifest) => {
    if (manifest.kind === 'cells') await assertSameParts(manifest, options);
    else assertSameModels(manifest.models, options.models);
  };
  const worker: Worker = {
    database,
    runs: openJoinedRuns(database, name, check, ctx.logger),
    taken: openTakenJobs(database, (error) => worker.failures.push(error)),
    joined: [],
    report: { cells: 0, calls: 0, refused: 0 },
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
    ...Array.from({ length: options.jobs }, () => computeCells(worker, options, context)),
    makeCalls(worker, options, context),
  ].map((part) =>
    part.catch((error: unknown) => {
      worker.ending = true;
      throw error;
    }),
  );
  try {
    await Promise.all(parts);
    return { ...worker.report, refused: worker.runs.refused() };
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
