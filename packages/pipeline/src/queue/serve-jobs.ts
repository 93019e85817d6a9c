import { sleep } from '@routeprofile/providers';
import { RouteProfileError, type RunContext } from '@routeprofile/schema';
import { answerCall, type OpenedModels } from './answer-call.js';
import { openCellSlot, type CellSlot } from './cell-slots.js';
import type { QueueDatabase } from './database.js';
import type { JoinedRun, JoinedRuns } from './joined-runs.js';
import type { CellsManifest, Manifest } from './manifest.js';
import type { Result } from './messages.js';
import { isRunThere } from './run-rows.js';
import { tellRun } from './shared-run.js';
import type { TakenJob, TakenJobs } from './taken-jobs.js';
import type { TrustedParts } from './trusted-parts.js';

/** Milliseconds between looks for jobs where there were none. */
const LOOK_MS = 150;

/** What all parts of a worker share. */
export interface Worker {
  database: QueueDatabase;
  taken: TakenJobs;
  runs: JoinedRuns;
  /** Those of the last look. */
  joined: readonly JoinedRun[];
  /** Jobs done so far. */
  done: { cells: number; calls: number };
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
    // Its calls would be paid for, and perhaps nobody ever asks for the answers.
    if (kind === 'calls' && run.silent) continue;
    const jobs = await worker.taken.take(run.id, most);
    if (jobs.length > 0) return [run, jobs];
  }
  return undefined;
}

/**
 * Does a job, tells the run, and only then lets go of it: whoever dies in between, the job is done again.
 * @returns whether it was done
 */
export async function doJob(worker: Worker, taken: TakenJob, compute: () => Promise<Result>): Promise<boolean> {
  const { database, runs } = worker;
  worker.busy++;
  try {
    await tellRun(database, taken.run, await compute());
    await taken.done();
    return true;
  } catch (error) {
    if (taken.over.aborted) return false;
    if (RouteProfileError.isInstance(error) && (error.code === 'NETWORK' || error.code === 'ABORTED')) {
      // Where this fails too, the job comes back once its time is over.
      await taken.giveBack().catch(() => undefined);
      throw error;
    }
    // What goes wrong with a run that is over is nobody's concern.
    if (!(await isRunThere(database, taken.run))) return false;
    // What is wrong with this worker says nothing about the job.
    await taken.giveBack();
    await runs.leave(taken.run, error);
    worker.joined = worker.joined.filter(({ id }) => id !== taken.run);
    if (!RouteProfileError.isInstance(error)) throw error;
    return false;
  } finally {
    worker.busy--;
    worker.lastBusy = performance.now();
  }
}

/** Computes one cell after the other, until the worker ends. */
export async function computeCells(worker: Worker, trusted: TrustedParts, ctx: RunContext): Promise<void> {
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
    return (slot = await openCellSlot(worker.database, run, trusted, { ...ctx, logger }));
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
      const done = await doJob(worker, taken, async () => {
        const { job } = taken;
        if (job.type === 'call') throw new RouteProfileError('INTERNAL', 'a run of cells sent a call');
        return (await slotOf(run)).compute(job, taken.over);
      });
      if (done) worker.done.cells++;
    }
  } finally {
    await leaveSlot();
  }
}

/** Makes several calls at a time, until the worker ends. */
export async function makeCalls(worker: Worker, calls: number, models: OpenedModels, ctx: RunContext): Promise<void> {
  const under = new Set<Promise<void>>();
  while (!worker.ending) {
    const free = calls - under.size;
    const found = free > 0 ? await nextJobs(worker, 'calls', free) : undefined;
    for (const taken of found?.[1] ?? []) {
      const call = doJob(worker, taken, () => answerCall(taken.job, models, { ...ctx, signal: anyOf(ctx, taken.over) }))
        .then((done) => void (worker.done.calls += done ? 1 : 0))
        .catch((error: unknown) => void worker.failures.push(error))
        .finally(() => under.delete(call));
      under.add(call);
    }
    if (found === undefined) await sleep(LOOK_MS / 3, ctx.signal);
  }
}

/** Fires with a context's signal, or the other one. */
export const anyOf = ({ signal }: Pick<RunContext, 'signal'>, over: AbortSignal): AbortSignal =>
  signal === undefined ? over : AbortSignal.any([signal, over]);
