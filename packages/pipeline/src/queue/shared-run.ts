import { randomUUID } from 'node:crypto';
import { sleep } from '@routeprofile/providers';
import { plural, RouteProfileError, throwIfAborted, type RunContext } from '@routeprofile/schema';
import type { QueueDatabase } from './database.js';
import { deleteAbandonedRuns, deleteRun, jobsOf, resultsOf } from './delete-run.js';
import type { Manifest } from './manifest.js';
import { packed, readHeard, readJob, type Heard, type Job, type Result } from './messages.js';
import { hideRun, isRunThere, showRun, takeRunOver } from './run-rows.js';
import { openWatch } from './watch.js';

/** Milliseconds between looks for results. */
const LOOK_MS = 100;
/** Messages read at once. */
const BATCH = 50;

/** What to do with what is heard: results, and jobs whose workers were lost too often. */
type Listener = (heard: Exclude<Heard, { type: 'joined' | 'refused' | 'warning' }>) => Promise<void>;

/** A run that workers may join. */
export interface SharedRun {
  readonly id: string;
  /** Jobs of an earlier process of the same command that workers are at: their results come without being sent for again. */
  readonly underWay: readonly Job[];
  send(jobs: readonly Job[]): Promise<void>;
  /** Hands on all that workers have said so far. @throws what the listener throws; NETWORK */
  hear(listener: Listener): Promise<void>;
  /**
   * Hands on what workers say until `done` says so.
   * @throws RouteProfileError ABORTED; NETWORK where the run is no longer this process's; what the listener throws
   */
  listen(listener: Listener, done: () => boolean): Promise<void>;
  /** Deletes the run, and workers leave it. Where the database is away, says that the run's data stay there for a while. */
  close(): Promise<void>;
}

export interface SharedRunOptions {
  /** Seconds without a sign of life after which a job is taken from a worker. */
  lease: number;
  /** How often a job is taken again after its worker was lost. */
  retries: number;
  /** What a worker is asked to be started with, for a person who waits. */
  workerCommand: string;
  /** Of all that two processes have in common if one goes on with what the other began: a hash. */
  identity: string;
}

/** Leaves of an earlier process's jobs those that workers are at. @returns them */
async function jobsUnderWay({ query, schema }: QueueDatabase, run: string): Promise<Job[]> {
  await query(`delete from ${schema}.job where name = $1 and state <> 'active'`, [jobsOf(run)]);
  const sql = `select data from ${schema}.job where name = $1 and state = 'active' order by created_on, id`;
  return (await query<{ data: unknown }>(sql, [jobsOf(run)])).map(({ data }) => readJob(data));
}

/**
 * Begins a run, or goes on with that of an earlier process of the same command.
 * @param manifestOf is given the run's id, under which files may be put
 */
export async function openSharedRun(
  database: QueueDatabase,
  { lease, retries, workerCommand, identity }: SharedRunOptions,
  manifestOf: (run: string) => Promise<Manifest>,
  ctx: Pick<RunContext, 'signal' | 'logger'>,
): Promise<SharedRun> {
  const { boss, query, schema } = database;
  await deleteAbandonedRuns(database);
  const owner = randomUUID();
  const earlier = await takeRunOver(database, identity, owner, ctx);
  const id = earlier ?? randomUUID();
  const [jobs, results] = [jobsOf(id), resultsOf(id)];

  const close = async () => {
    try {
      if (await isRunThere(database, id, owner)) await deleteRun(database, id);
    } catch (error) {
      if (!RouteProfileError.isInstance(error) || error.code !== 'NETWORK') throw error;
      ctx.logger?.warn(`${error.message}. The data of this run stay in the database until a worker or a run comes by`);
    }
  };
  const begin = async () => {
    await hideRun(database, id, owner);
    await boss.createQueue(results, { name: results });
    await boss.createQueue(jobs, { name: jobs, retryLimit: retries, expireInSeconds: lease, deadLetter: results });
    await showRun(database, id, identity, await manifestOf(id));
  };
  const underWay = earlier === undefined ? [] : await jobsUnderWay(database, id);
  if (earlier === undefined)
    await begin().catch(async (error: unknown) => {
      await close();
      throw error;
    });
  else
    ctx.logger?.info(
      `Goes on with the run of an earlier process; ${plural(underWay.length, 'job is', 'jobs are')} under way at workers`,
    );

  const workers = new Set<string>();
  const watch = openWatch(database, id, owner, () => workers.size === 0, workerCommand, ctx);
  const hearOne = async (heard: Heard, listener: Listener) => {
    if (heard.type === 'joined') {
      workers.add(heard.worker);
      ctx.logger?.info(`${heard.worker} takes part; ${plural(workers.size, 'worker')} so far`);
    } else if (heard.type === 'refused') ctx.logger?.warn(`${heard.worker} cannot take part: ${heard.why}`);
    else if (heard.type === 'warning') ctx.logger?.warn(heard.text);
    else await listener(heard);
  };
  const hear: SharedRun['hear'] = async (listener) => {
    for (;;) {
      // Read rather than fetched: nobody else reads them, and what is fetched by a statement whose answer is lost is lost for a while.
      const sql = `select id, data from ${schema}.job where name = $1 order by created_on, id limit ${BATCH}`;
      const found = await query<{ id: string; data: unknown }>(sql, [results]);
      for (const { data } of found) {
        throwIfAborted(ctx);
        await watch.beat();
        await hearOne(readHeard(data), listener);
      }
      if (found.length > 0)
        await boss.deleteJob(
          results,
          found.map(({ id: message }) => message),
        );
      if (found.length < BATCH) return;
    }
  };
  return {
    id,
    underWay,
    hear,
    async listen(listener, done) {
      while (!done()) {
        throwIfAborted(ctx);
        await watch.beat();
        await hear(listener);
        if (!done()) await sleep(LOOK_MS, ctx.signal).catch(() => throwIfAborted(ctx));
      }
    },
    async send(sent) {
      // Each with an id of its own: a statement whose answer was lost is sent again, and must not make a second job.
      for (const job of sent) await boss.send(jobs, packed(job), { id: randomUUID() });
    },
    close,
  };
}

/** Says something to a run. */
export const tellRun = async ({ boss }: QueueDatabase, run: string, result: Result): Promise<void> =>
  void (await boss.send(resultsOf(run), packed(result), { id: randomUUID() }));
