import { randomUUID } from 'node:crypto';
import { sleep } from '@routeprofile/providers';
import { plural, RouteProfileError, throwIfAborted, type RunContext } from '@routeprofile/schema';
import type { QueueDatabase } from './database.js';
import type { Manifest } from './manifest.js';
import { packed, readHeard, type Heard, type Job, type Result } from './messages.js';

/** Seconds without a word after which a run is taken for dead: workers leave it, and whoever finds it deletes it. */
export const SILENT_RUN_SECONDS = 60;
/** Milliseconds between looks for results. */
const LOOK_MS = 100;
/** Milliseconds between signs of life, and between looks for jobs of lost workers. */
const BEAT_MS = 1_000;
/** Seconds without a worker after which a person is told. */
const LONELY_SECONDS = 20;
/** Messages taken at once. */
const BATCH = 50;

export const jobsOf = (run: string): string => `${run}-jobs`;
const resultsOf = (run: string): string => `${run}-results`;

/** Tries to empty a queue that workers still write into. */
const TRIES = 5;

async function deleteQueue({ boss, query, schema }: QueueDatabase, queue: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    // pg-boss deletes a queue only once it is empty, and has no call that takes finished jobs out of it.
    await query(`delete from ${schema}.job where name = $1`, [queue]);
    try {
      return await boss.deleteQueue(queue);
    } catch (error) {
      if (tries === TRIES || !RouteProfileError.isInstance(error) || error.code !== 'BAD_INPUT') throw error;
    }
  }
}

/** Deletes a run with its jobs and files. */
async function deleteRun(database: QueueDatabase, run: string): Promise<void> {
  const { query, schema } = database;
  await deleteQueue(database, jobsOf(run));
  await deleteQueue(database, resultsOf(run));
  // The row last: whatever ends this process before, the row falls silent, and the next one finds it.
  await query(`delete from ${schema}.runs where id = $1`, [run]);
}

/** Deletes runs that nobody is behind any more. */
export async function deleteSilentRuns(database: QueueDatabase): Promise<void> {
  const { query, schema } = database;
  const silent = await query<{ id: string }>(
    `select id from ${schema}.runs where seen < now() - ${SILENT_RUN_SECONDS} * interval '1 second'`,
  );
  for (const { id } of silent) await deleteRun(database, id);
}

/** What to do with what is heard: results, and jobs whose workers were lost too often. */
type Listener = (heard: Exclude<Heard, { type: 'joined' | 'refused' | 'warning' }>) => Promise<void>;

/** A run that workers may join. */
export interface SharedRun {
  readonly id: string;
  send(jobs: readonly Job[]): Promise<void>;
  /**
   * Hands on what workers say until `done` says so.
   * @throws RouteProfileError ABORTED; NETWORK where the run was deleted as nothing was heard of it; what the listener throws
   */
  listen(listener: Listener, done: () => boolean, ctx: Pick<RunContext, 'signal' | 'logger'>): Promise<void>;
  /** Deletes the run; workers leave it. */
  close(): Promise<void>;
}

export interface SharedRunOptions {
  /** How often a job is taken again after its worker was lost. */
  retries: number;
  /** What a worker is asked to be started with, for a person who waits. */
  workerCommand: string;
}

/**
 * Begins a run.
 * @param manifestOf is given the run's id, under which files may be put
 */
export async function openSharedRun(
  database: QueueDatabase,
  lease: number,
  { retries, workerCommand }: SharedRunOptions,
  manifestOf: (run: string) => Promise<Manifest>,
): Promise<SharedRun> {
  const { boss, query, schema } = database;
  await deleteSilentRuns(database);
  const id = randomUUID();
  const [jobs, results] = [jobsOf(id), resultsOf(id)];
  // Hidden until its manifest is complete: files can be put only for a run that is there.
  await query(`insert into ${schema}.runs (id, kind, manifest) values ($1, 'hidden', '{}') on conflict do nothing`, [
    id,
  ]);
  const beat = async () => {
    const sql = `update ${schema}.runs set seen = now() where id = $1 returning id`;
    if ((await query(sql, [id])).length > 0) return;
    const message = `the run was deleted from the queue, as nothing was heard of this process for ${SILENT_RUN_SECONDS} seconds`;
    throw new RouteProfileError('NETWORK', message, {
      hint: 'Run the same command again: what was finished is kept.',
    });
  };
  try {
    await boss.createQueue(results, { name: results, retryLimit: 1000, expireInSeconds: 600 });
    await boss.createQueue(jobs, {
      name: jobs,
      retryLimit: retries,
      expireInSeconds: lease,
      deadLetter: results,
    });
    const manifest = await manifestOf(id);
    const values = [id, manifest.kind, JSON.stringify(manifest)];
    await query(`update ${schema}.runs set kind = $2, manifest = $3, seen = now() where id = $1`, values);
  } catch (error) {
    await deleteRun(database, id);
    throw error;
  }

  const listen: SharedRun['listen'] = async (listener, done, ctx) => {
    const workers = new Set<string>();
    let lonely = performance.now() + LONELY_SECONDS * 1000;
    let nextBeat = 0;
    while (!done()) {
      throwIfAborted(ctx);
      if (performance.now() >= nextBeat) {
        nextBeat = performance.now() + BEAT_MS;
        await beat();
        await boss.expire();
      }
      const found = await boss.fetch<unknown>(results, { batchSize: BATCH });
      for (const { data } of found) {
        const heard = readHeard(data);
        if (heard.type === 'joined') {
          workers.add(heard.worker);
          ctx.logger?.info(`${heard.worker} takes part; ${plural(workers.size, 'worker')} so far`);
        } else if (heard.type === 'refused') ctx.logger?.warn(`${heard.worker} cannot take part: ${heard.why}`);
        else if (heard.type === 'warning') ctx.logger?.warn(heard.text);
        else await listener(heard);
      }
      if (found.length > 0) {
        await boss.deleteJob(
          results,
          found.map((job) => job.id),
        );
        continue;
      }
      if (workers.size === 0 && performance.now() > lonely) {
        lonely = Infinity;
        ctx.logger?.warn(`no worker takes part yet; start some: ${workerCommand}`);
      }
      await sleep(LOOK_MS, ctx.signal).catch(() => throwIfAborted(ctx));
    }
  };
  return {
    id,
    async send(sent) {
      // Each with an id of its own: a statement whose answer was lost is sent again, and must not make a second job.
      for (const job of sent) await boss.send(jobs, packed(job), { id: randomUUID() });
    },
    listen,
    close: () => deleteRun(database, id),
  };
}

/** Says something to a run. */
export const tellRun = async ({ boss }: QueueDatabase, run: string, result: Result): Promise<void> =>
  void (await boss.send(resultsOf(run), packed(result), { id: randomUUID() }));
