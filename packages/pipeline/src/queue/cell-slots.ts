import { rm } from 'node:fs/promises';
import type { RunContext } from '@routeprofile/schema';
import { cellStore } from '../cells/cell-store.js';
import { openCellThread, type CellThread, type ThreadTask } from '../cells/cell-thread.js';
import { keptFiles } from '../cells/kept.js';
import { planRun, type Plan } from '../cells/plan.js';
import { isFailure } from '../cells/run-cell.js';
import { assertTrusted, wantedBy, type TrustedParts } from './trusted-parts.js';
import { unpackInputs } from './cells-inputs.js';
import type { QueueDatabase } from './database.js';
import { getFile } from './files.js';
import type { JoinedRun } from './joined-runs.js';
import { receiveFiles, sendFiles } from './made-files.js';
import type { CellsManifest } from './manifest.js';
import type { Job, Result } from './messages.js';
import { makeWorkFolder } from './work-folders.js';

type CellJob = Exclude<Job, { type: 'call' }>;

/** Computes jobs of one run, in a thread of its own and a folder that goes with it. */
export interface CellSlot {
  readonly run: string;
  /**
   * @param over ends the thread: nobody wants the result any more
   * @returns what to tell the run
   * @throws RouteProfileError for what is wrong with this worker rather than with the job
   */
  compute(job: CellJob, over: AbortSignal): Promise<Result>;
  end(): Promise<void>;
}

/** Opens a slot: loads what the run has read and encoded. */
export async function openCellSlot(
  database: QueueDatabase,
  { id, manifest }: JoinedRun<CellsManifest>,
  trusted: TrustedParts,
  ctx: RunContext,
): Promise<CellSlot> {
  const { config, failures, given } = unpackInputs(await getFile(database, manifest.inputs));
  assertTrusted(wantedBy(config, failures), trusted);
  const folder = await makeWorkFolder();
  const { cache: _theirs, ...others } = config;
  const { cache } = trusted;
  const own = { ...others, jobs: 1, out: folder, backend: manifest.backend, ...(cache !== undefined && { cache }) };
  const kept = keptFiles(folder);
  const store = cellStore(folder, () => {});
  /** Profile sets of this run that are kept here now. */
  const received = new Set<string>();
  let plan: Plan;
  let thread: CellThread | undefined;
  const start = (): CellThread => {
    const task: ThreadTask = { config: own, failures, shared: folder, given };
    return openCellThread(plan, task, ctx);
  };
  try {
    plan = await planRun(own, failures);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }

  const madeProfile = async ({ cell, key }: CellJob, by: CellThread): Promise<Result> => {
    const { outcome, seconds } = await by.buildProfiles({ cell, key });
    if ('code' in outcome) return { type: 'profile', cell, seconds, outcome: { failure: outcome } };
    const made = await sendFiles(database, id, kept.profileFiles(key));
    return { type: 'profile', cell, seconds, outcome: { made } };
  };
  const madeCell = async (job: Extract<Job, { type: 'make-cell' }>, by: CellThread): Promise<Result> => {
    const { cell, key, profile } = job;
    // Always the one that the run has taken, also where this worker made one too.
    if (!received.has(profile.key)) await receiveFiles(database, profile.made, kept.profileFiles(profile.key));
    received.add(profile.key);
    const { outcome, seconds } = await by.computeCell({ cell, key, profileKept: true });
    if (isFailure(outcome)) {
      const { code, message } = outcome;
      return { type: 'cell', cell, seconds, outcome: { failure: { code, message } } };
    }
    const made = await sendFiles(database, id, [...kept.routerFiles(key), store.path(key)]);
    const { latency } = outcome;
    return { type: 'cell', cell, seconds, outcome: { made, ...(latency && { latency }) } };
  };
  return {
    run: id,
    async compute(job, over) {
      over.throwIfAborted();
      if (thread === undefined || thread.lost) thread = start();
      const by = thread;
      const stop = () => void by.end();
      over.addEventListener('abort', stop, { once: true });
      try {
        return await (job.type === 'make-profile' ? madeProfile(job, by) : madeCell(job, by));
      } finally {
        over.removeEventListener('abort', stop);
      }
    },
    async end() {
      await thread?.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
