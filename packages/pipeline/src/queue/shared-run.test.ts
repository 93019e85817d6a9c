import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, startPostgres, type TestPostgres } from '../../../../tools/postgres.js';
import { openQueueDatabase, type QueueDatabase } from './database.js';
import { identityOf, sameHere, type Manifest } from './manifest.js';
import type { Heard, Job } from './messages.js';
import { isRunThere } from './run-rows.js';
import { doJob } from './serve-jobs.js';
import { openSharedRun, tellRun, type SharedRun } from './shared-run.js';
import { openTakenJobs } from './taken-jobs.js';
import { putFile } from './files.js';

const manifest: Manifest = { kind: 'calls', same: sameHere(), lease: 15, models: {} };
const jobOf = (call: string): Job => ({ type: 'call', call, model: 'm', request: { messages: [] } });

/** Polls on a busy machine. */
const SOON = { timeout: 10_000 };

describe.runIf(hasPostgres())('a run that workers share', () => {
  let server: TestPostgres;
  let database: QueueDatabase;
  const said: string[] = [];
  const note = (text: string) => void said.push(text);
  const ctx = { logger: { info: note, warn: note } };
  beforeAll(async () => {
    server = await startPostgres();
    database = await openQueueDatabase(server.url, {});
  });
  afterAll(async () => {
    await database?.close();
    await server?.remove();
  });
  const open = (out: string, by: QueueDatabase = database): Promise<SharedRun> =>
    openSharedRun(
      by,
      { lease: 15, retries: 3, workerCommand: 'worker', identity: identityOf(manifest, out) },
      () => Promise.resolve(manifest),
      ctx,
    );
  /** As if its process had not been heard of for so long. */
  const age = (run: SharedRun, seconds: number) =>
    database.query(`update routeprofile_queue.runs set seen = now() - $2 * interval '1 second' where id = $1`, [
      run.id,
      seconds,
    ]);
  const takenOf = (by: QueueDatabase = database) => openTakenJobs(by, (error) => expect.unreachable(String(error)));

  it('is taken over where its process has died, with what workers do and have done', async () => {
    const dead = await open('same');
    await dead.send(['done', 'under way', 'waiting'].map(jobOf));
    const taken = takenOf();
    const [done] = await taken.take(dead.id, 1);
    const [underWay] = await taken.take(dead.id, 1);
    await tellRun(database, dead.id, { type: 'warning', text: 'said to the dead' });
    await done!.done();
    await age(dead, 6);
    const next = await open('same');
    expect([next.id, next.underWay]).toEqual([dead.id, [jobOf('under way')]]);
    await next.hear(() => Promise.resolve());
    expect(said).toContain('said to the dead');
    // Nothing of the earlier process waits: the next one sends what it wants itself.
    expect(await taken.take(next.id, 5)).toEqual([]);
    expect(underWay!.over.aborted).toBe(false);

    // The dead one wakes up.
    const woken = dead.listen(
      () => Promise.resolve(),
      () => false,
    );
    await expect(woken).rejects.toMatchObject({
      message: expect.stringContaining('has taken this run over') as string,
    });
    await dead.close();
    expect(await isRunThere(database, next.id)).toBe(true);
    await next.close();
    expect(await isRunThere(database, next.id)).toBe(false);
    taken.close();
  });

  it('is left alone where its process is alive, or where it does something else', async () => {
    const alive = await open('same');
    const listening = alive.listen(
      () => Promise.resolve(),
      () => said.some((text) => text.includes('another process is at the same work')),
    );
    const other = await open('other');
    const same = await open('same');
    expect(new Set([alive.id, other.id, same.id]).size).toBe(3);
    await listening;
    for (const one of [alive, other, same]) await one.close();
  });

  it('is deleted once it is abandoned', async () => {
    const dead = await open('abandoned');
    await age(dead, 601);
    const next = await open('abandoned');
    expect(next.id).not.toBe(dead.id);
    expect(await isRunThere(database, dead.id)).toBe(false);
    await next.close();
  });

  it('makes a worker no worse that finishes something for a run that has just ended', async () => {
    const run = await open('ends');
    await run.send([jobOf('late')]);
    const taken = takenOf();
    const [job] = await taken.take(run.id, 1);
    taken.close();
    const runs = {
      leave: () => expect.unreachable('the worker is as good as before'),
      look: () => Promise.resolve([]),
      refused: () => 0,
    };
    const worker = {
      database,
      runs,
      taken,
      joined: [],
      done: { cells: 0, calls: 0 },
      busy: 0,
      lastBusy: 0,
      failures: [],
      ending: false,
    };
    const done = doJob(worker, job!, async () => {
      await run.close();
      const made = await putFile(database, run.id, new Uint8Array(1));
      return { type: 'cell', cell: 0, seconds: 0, outcome: { made } };
    });
    expect(await done).toBe(false);
  });

  it('is over for a worker when it is deleted, not when the worker takes a job of another run', async () => {
    const [first, second] = [await open('first'), await open('second')];
    await first.send([jobOf('a')]);
    await second.send([jobOf('b')]);
    const beats: (readonly unknown[])[] = [];
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const taken = takenOf({
      ...database,
      async query<Row>(sql: string, values: readonly unknown[] = []) {
        beats.push(values);
        const rows = await database.query<Row>(sql, values);
        await held;
        return rows;
      },
    });
    const [a] = await taken.take(first.id, 1);
    await expect.poll(() => beats.length, SOON).toBe(1);
    // Taken while the answer to a beat, which asks of the first run alone, is on its way.
    const [b] = await taken.take(second.id, 1);
    answer();
    await expect.poll(() => beats.length, SOON).toBe(2);
    expect([a!.over.aborted, b!.over.aborted]).toEqual([false, false]);
    await first.close();
    await expect.poll(() => a!.over.aborted, SOON).toBe(true);
    // What is over is not kept alive.
    await expect.poll(() => beats.at(-1)?.[1], SOON).toHaveLength(1);
    expect(b!.over.aborted).toBe(false);
    taken.close();
    await second.close();
  });

  it('goes on after Postgres was started again, and gives workers time to be heard of before it takes their jobs', async () => {
    const expired: number[] = [];
    const own = await openQueueDatabase(server.url, ctx);
    const run = await open('restarted', own);
    expect(own.steadyFor()).toBe(Infinity);
    own.boss.expire = () => Promise.resolve(void expired.push(own.steadyFor()));
    await server.restart('immediate');
    await tellRun(own, run.id, { type: 'warning', text: 'after the restart' });
    const heard: Heard[] = [];
    await run.listen(
      (one) => Promise.resolve(void heard.push(one)),
      () => said.includes('after the restart'),
    );
    expect(own.steadyFor()).toBeLessThan(60_000);
    expect(expired.filter((steady) => steady < 5000)).toEqual([]);
    await run.close();
    await own.close();
  });
});
