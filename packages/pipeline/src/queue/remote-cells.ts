import { hashBytes } from '@routeprofile/data';
import { RouteProfileError, type FailedCell, type RunContext } from '@routeprofile/schema';
import { openBackend } from '../backend.js';
import { cellKey, profileKey } from '../cells/cell-key.js';
import type { CellQueue } from '../cells/cell-queue.js';
import type { CellResult } from '../cells/cell-store.js';
import type { ChosenProfile } from '../cells/plan.js';
import { failedCell } from '../cells/run-cell.js';
import { localThread } from '../cells/workers.js';
import type { Workspace } from '../cells/workspace.js';
import { packInputs } from './cells-inputs.js';
import { openQueueDatabase, type QueueDatabase } from './database.js';
import { dropFile, putFile, type StoredFile } from './files.js';
import { receiveFiles, sendFiles } from './made-files.js';
import { identityOf, sameHere, type CellsManifest } from './manifest.js';
import type { Job, Result } from './messages.js';
import { openSharedRun, type SharedRun } from './shared-run.js';

/** Where a queue is, and how it treats workers. */
export interface QueueOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, of Postgres 15 or newer; never printed. */
  connection: string;
  /** Seconds without a sign of life after which what a worker was at is taken again. Default 15. */
  leaseSeconds?: number | undefined;
}

export const DEFAULT_LEASE_SECONDS = 15;
/** How often the cell of a lost worker is taken again: one that ends every worker would go on for ever. */
const RETRIES = 10;

type CellOutcome = CellResult | FailedCell;
type ProfileMade = { key: string; made: StoredFile };

/** What is the same wherever the cells of a plan are computed, but for the file that holds the rest. */
async function settingsOf({ plan }: Workspace, lease: number): Promise<Omit<CellsManifest, 'inputs'>> {
  return {
    kind: 'cells',
    same: sameHere(),
    lease,
    backend: (await openBackend(plan.config.backend)).backend,
    encoder: plan.config.encoder,
    plugins: Object.fromEntries(
      [...plan.profiles, ...plan.routers].flatMap(({ reference, plugin }) =>
        plugin === undefined ? [] : [[reference.name, plugin]],
      ),
    ),
  };
}

/** A profile whose strategy asks a model: what that answers is kept in the run's own folder, so it is made there. */
const asksModels = ({ strategy, options }: ChosenProfile): boolean =>
  strategy.cacheKey?.(options, process.env) !== undefined;

/** Cells by the key of their profile set. */
function groupsOf(open: readonly number[], keyOf: (cell: number) => string): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const cell of open) groups.set(keyOf(cell), [...(groups.get(keyOf(cell)) ?? []), cell]);
  return groups;
}

/**
 * Workers on any machine that reach the same Postgres. Profile sets are made once each, then cells are computed from them; data, vectors
 * and what is made go through the database, so that machines need nothing else in common. A worker that falls silent loses what it was
 * at to another one after `leaseSeconds`; what two have computed is the same, and the first counts. Killed and called again with the same
 * workspace, it goes on with what workers have done meanwhile.
 */
export const remoteWorkers = ({ connection, leaseSeconds = DEFAULT_LEASE_SECONDS }: QueueOptions): CellQueue => ({
  async compute(workspace, open, ctx, onDone) {
    if (open.length === 0) return;
    const database = await openQueueDatabase(connection, ctx);
    try {
      const settings = await settingsOf(workspace, leaseSeconds);
      const inputs = await packInputs(workspace, ctx);
      const run = await openSharedRun(
        database,
        {
          lease: leaseSeconds,
          retries: RETRIES,
          workerCommand: 'routeprofile worker --queue env:NAME',
          identity: identityOf({ ...settings, inputs: hashBytes(inputs) }, workspace.plan.config.out),
        },
        async (id) => ({ ...settings, inputs: await putFile(database, id, inputs) }),
        ctx,
      );
      try {
        await computeIn(database, run, workspace, open, ctx, onDone);
      } finally {
        await run.close();
      }
    } finally {
      await database.close();
    }
  },
});

async function computeIn(
  database: QueueDatabase,
  run: SharedRun,
  workspace: Workspace,
  open: readonly number[],
  ctx: RunContext,
  onDone: Parameters<CellQueue['compute']>[3],
): Promise<void> {
  const { plan, kept, cells: store, dataset } = workspace;
  const keyOf = (cell: number) => cellKey(workspace, plan.cells[cell]!);
  const profileOf = (cell: number) => profileKey(workspace, plan.cells[cell]!);
  const groups = groupsOf(open, profileOf);
  const waiting = new Set(open);
  /** Files of the profile sets that cells are made from, by key. */
  const chosen = new Map<string, string>();
  const nameOf = (job: Job) => (job.type === 'call' ? job.call : `${job.type} ${job.key}`);
  const underWay = new Set(run.underWay.map(nameOf));
  const send = (jobs: readonly Job[]) => run.send(jobs.filter((job) => !underWay.has(nameOf(job))));

  const settle = async (cell: number, outcome: CellOutcome, seconds: number) => {
    if (waiting.delete(cell)) await onDone(cell, outcome, seconds);
  };
  const failGroup = async (key: string, failure: Pick<FailedCell, 'code' | 'message'>, seconds: number) => {
    const group = groups.get(key) ?? [];
    groups.delete(key);
    for (const cell of group) await settle(cell, failedCell(workspace, plan.cells[cell]!, failure), seconds);
  };
  /** Its cells may be computed now. */
  const sendGroup = async (profile: ProfileMade) => {
    const group = (groups.get(profile.key) ?? []).filter((cell) => waiting.has(cell));
    groups.delete(profile.key);
    chosen.set(profile.key, profile.made.id);
    await send(group.map((cell): Job => ({ type: 'make-cell', cell, key: keyOf(cell), profile })));
  };
  const sendKept = async (key: string) =>
    sendGroup({ key, made: await sendFiles(database, run.id, kept.profileFiles(key)) });

  const makeHere = async (cell: number, key: string) => {
    const thread = localThread(workspace, ctx);
    try {
      const { outcome, seconds } = await thread.buildProfiles({ cell, key });
      await ('hash' in outcome ? sendKept(key) : failGroup(key, outcome, seconds));
    } finally {
      await thread.end();
    }
  };
  const heardProfile = async ({ cell, seconds, outcome }: Extract<Result, { type: 'profile' }>) => {
    const key = profileOf(cell);
    // Another worker was faster; or the same one has said it twice, and then its file is the one that cells are made from.
    if (!groups.has(key)) {
      if ('made' in outcome && outcome.made.id !== chosen.get(key)) await dropFile(database, outcome.made);
      return;
    }
    if ('failure' in outcome) return failGroup(key, outcome.failure, seconds);
    await receiveFiles(database, outcome.made, kept.profileFiles(key));
    if ((await kept.hashOfProfiles(key)) === undefined) throw damaged(`profile set ${key}`);
    return sendGroup({ key, made: outcome.made });
  };
  const heardCell = async ({ cell, seconds, outcome }: Extract<Result, { type: 'cell' }>) => {
    if (!waiting.has(cell)) return 'made' in outcome ? dropFile(database, outcome.made) : undefined;
    if ('failure' in outcome) return settle(cell, failedCell(workspace, plan.cells[cell]!, outcome.failure), seconds);
    const key = keyOf(cell);
    // The cell's own file comes last: with it the cell counts as finished.
    await receiveFiles(database, outcome.made, [...kept.routerFiles(key), store.path(key)]);
    const result = await store.read(key, dataset.test.models, dataset.test.queries.length);
    if (!result || !(await kept.holds(key, result.files))) throw damaged(`cell ${key}`);
    await settle(cell, { ...result, ...(outcome.latency && { latency: outcome.latency }) }, seconds);
    return dropFile(database, outcome.made);
  };
  const lost = new RouteProfileError(
    'INTERNAL',
    `${RETRIES + 1} workers began it, and none finished it: they were lost, as where it needs more memory than they have, or could not take part`,
  );

  const listener: Parameters<SharedRun['hear']>[0] = async (heard) => {
    if (heard.type === 'profile') await heardProfile(heard);
    else if (heard.type === 'cell') await heardCell(heard);
    else if (heard.type === 'make-profile') await failGroup(heard.key, lost, 0);
    else if (heard.type === 'make-cell')
      await settle(heard.cell, failedCell(workspace, plan.cells[heard.cell]!, lost), 0);
  };

  // What workers have finished since an earlier process died.
  await run.hear(listener);
  const here: Promise<void>[] = [];
  const failures: unknown[] = [];
  for (const [key, group] of [...groups]) {
    const cell = group.find((one) => waiting.has(one));
    if (cell === undefined) continue;
    if ((await kept.hashOfProfiles(key)) !== undefined) await sendKept(key);
    else if (asksModels(plan.profiles[plan.cells[cell]!.profile]!))
      here.push(makeHere(cell, key).catch((error: unknown) => void failures.push(error)));
    else await send([{ type: 'make-profile', cell, key }]);
  }
  const listening = run.listen(listener, () => waiting.size === 0 || failures.length > 0);
  await listening.finally(() => Promise.all(here));
  if (failures.length > 0) throw failures[0];
}

const damaged = (what: string): RouteProfileError =>
  new RouteProfileError('CORRUPT_FILE', `the ${what} of a worker did not arrive as it was written`, {
    hint: 'Start the run again; what is finished is kept.',
  });
