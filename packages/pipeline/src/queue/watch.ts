import type { RunContext } from '@routeprofile/schema';
import type { QueueDatabase } from './database.js';
import { jobsOf } from './delete-run.js';
import { saySign } from './run-rows.js';

/** Milliseconds between beats. */
const BEAT_MS = 1_000;
/** Milliseconds that workers have to be heard of again after the database was away, before what they are at is taken again. */
const GRACE_MS = 5_000;
/** Seconds in which no worker is at anything, after which a person is told. */
const LONELY_SECONDS = 20;
/** Seconds for which a finished job is kept: longer than a statement whose answer was lost is sent again, which must not make it anew. */
const KEEP_SECONDS = 120;

/** What the process that began a run does for it from time to time. */
export interface Watch {
  /**
   * Once a second, however often it is called: says that the run is alive, lets go of the jobs of lost workers, sweeps finished jobs, and
   * tells a person where work waits and no worker is at any.
   * @throws RouteProfileError NETWORK where the run is no longer this process's
   */
  beat(): Promise<void>;
}

/**
 * @param isNew whether no worker takes part yet
 * @param workerCommand what a worker is asked to be started with
 */
export function openWatch(
  database: QueueDatabase,
  run: string,
  owner: string,
  isNew: () => boolean,
  workerCommand: string,
  ctx: Pick<RunContext, 'logger'>,
): Watch {
  const { boss, query, schema } = database;
  let nextBeat = 0;
  let lastWork = performance.now();

  /** Sweeps finished jobs. @returns whether some wait and no worker is at any */
  const isStandingStill = async (): Promise<boolean> => {
    const of = `from ${schema}.job where name = $1 and state`;
    const sql = `with swept as (delete ${of} > 'active' and completed_on < now() - ${KEEP_SECONDS} * interval '1 second')
      select exists (select ${of} < 'active') and not exists (select ${of} = 'active') as still`;
    return (await query<{ still: boolean }>(sql, [jobsOf(run)]))[0]!.still;
  };
  return {
    async beat() {
      if (performance.now() < nextBeat) return;
      nextBeat = performance.now() + BEAT_MS;
      await saySign(database, run, owner);
      if (database.steadyFor() > GRACE_MS) await boss.expire();
      if (!(await isStandingStill())) lastWork = performance.now();
      if (performance.now() - lastWork < LONELY_SECONDS * 1000) return;
      const what = isNew()
        ? 'no worker takes part yet'
        : `no worker has been at this run for ${LONELY_SECONDS} seconds: they are gone, or at an older run`;
      ctx.logger?.warn(`${what}; start some: ${workerCommand}`);
      // Once, until a worker is at it again.
      lastWork = Infinity;
    },
  };
}
