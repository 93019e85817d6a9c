import type { QueueDatabase } from './database.js';
import { readJob, type Job } from './messages.js';
import { jobsOf } from './delete-run.js';

/** A job that is this worker's for as long as it is heard of. */
export interface TakenJob {
  readonly run: string;
  readonly job: Job;
  /** Fires when the run is over: nobody wants the result any more. */
  readonly over: AbortSignal;
  /** Its result is with the run. */
  readonly done: () => Promise<void>;
  /** Another worker may take it. */
  readonly giveBack: () => Promise<void>;
}

/** The jobs that this worker is at. */
export interface TakenJobs {
  /** At most `most` jobs of a run that wait. */
  take(run: string, most: number): Promise<TakenJob[]>;
  close(): void;
}

/** Milliseconds between signs of life: several fit into the shortest lease. */
const BEAT_MS = 400;

/**
 * Takes jobs, and says every 0.4 seconds that they are being worked on: pg-boss gives a job to the next one when its time is over, and the
 * time begins anew with each sign. A worker that dies says nothing more.
 * @param onLost hears of a database that cannot be reached, or a run that is over
 */
export function openTakenJobs({ boss, query, schema }: QueueDatabase, onLost: (error: unknown) => void): TakenJobs {
  const held = new Map<string, { run: string; controller: AbortController }>();
  let beating = false;

  const beat = async () => {
    if (beating || held.size === 0) return;
    beating = true;
    try {
      const sql = `with alive as (update ${schema}.job set started_on = now()
          where state = 'active' and name = any($1) and id = any($2) returning id)
        select id from ${schema}.runs where id = any($3)`;
      // Others may be taken while the answer is on its way.
      const asked = [...held];
      const runs = [...new Set(asked.map(([, { run }]) => run))];
      const found = await query<{ id: string }>(sql, [runs.map(jobsOf), asked.map(([id]) => id), runs]);
      const there = new Set(found.map(({ id }) => id));
      for (const [id, { run, controller }] of asked) {
        if (there.has(run)) continue;
        held.delete(id);
        controller.abort();
      }
    } catch (error) {
      onLost(error);
    } finally {
      beating = false;
    }
  };
  const timer = setInterval(() => void beat(), BEAT_MS);

  return {
    async take(run, most) {
      const fetched = await boss.fetch<unknown>(jobsOf(run), { batchSize: most });
      return fetched.map(({ id, data }): TakenJob => {
        const controller = new AbortController();
        held.set(id, { run, controller });
        return {
          run,
          job: readJob(data),
          over: controller.signal,
          async done() {
            held.delete(id);
            await boss.complete(jobsOf(run), id);
          },
          async giveBack() {
            held.delete(id);
            await boss.fail(jobsOf(run), id);
          },
        };
      });
    },
    close: () => clearInterval(timer),
  };
}
