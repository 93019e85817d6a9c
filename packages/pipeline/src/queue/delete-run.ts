import { RouteProfileError } from '@routeprofile/schema';
import type { QueueDatabase } from './database.js';
import { IS_ABANDONED } from './run-rows.js';

/** Names of a run's queues: of jobs for workers, and of what workers say. */
export const jobsOf = (run: string): string => `${run}-jobs`;
export const resultsOf = (run: string): string => `${run}-results`;

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
export async function deleteRun(database: QueueDatabase, run: string): Promise<void> {
  const { query, schema } = database;
  await deleteQueue(database, jobsOf(run));
  await deleteQueue(database, resultsOf(run));
  // The row last: whatever ends this process before, the row falls silent, and the next one finds it.
  await query(`delete from ${schema}.runs where id = $1`, [run]);
}

/** Deletes runs that nobody is behind any more. */
export async function deleteAbandonedRuns(database: QueueDatabase): Promise<void> {
  const { query, schema } = database;
  const abandoned = await query<{ id: string }>(`select id from ${schema}.runs where ${IS_ABANDONED}`);
  for (const { id } of abandoned) await deleteRun(database, id);
}
