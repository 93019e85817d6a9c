import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSample } from '@routeprofile/data';
import { filesOf } from '../../../../tools/folder-files.js';
import { hasPostgres, startPostgres, type TestPostgres } from '../../../../tools/postgres.js';
import { completeConfig } from '../config/config-file.js';
import { run } from '../run/run.js';
import { describeCellQueue, FAILING_ROUTER } from '../testing/cell-queue-contract.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { openCellSlot } from './cell-slots.js';
import { openQueueDatabase } from './database.js';
import { openJoinedRuns, type JoinedRun } from './joined-runs.js';
import { readManifest, sameHere, type CellsManifest } from './manifest.js';
import { remoteWorkers } from './remote-cells.js';
import { tellRun } from './shared-run.js';
import { openTakenJobs } from './taken-jobs.js';
import { workOn } from './work.js';

const worker = { jobs: 1, calls: 0, plugins: [FAILING_ROUTER] };

describe.runIf(hasPostgres())('cells through Postgres', () => {
  const folder = temporaryFolder();
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
    await writeSample(join(folder.path, 'sample'));
  });
  afterAll(async () => {
    await server?.remove();
    folder.remove();
  });
  const left = async () => {
    const sql = new pg.Client(server.url);
    await sql.connect();
    const { rows } = await sql.query<{ left: number }>(`select (select count(*) from routeprofile_queue.runs)
      + (select count(*) from routeprofile_queue.files) + (select count(*) from routeprofile_queue.queue)
      + (select count(*) from routeprofile_queue.job) + (select count(*) from routeprofile_queue.archive) as left`);
    await sql.end();
    return Number(rows[0]!.left);
  };
  const config = (out: string) =>
    completeConfig({
      data: join(folder.path, 'sample'),
      encoder: 'hash:dimensions=32',
      profile: ['index', 'advantage'],
      router: ['sim', 'knn'],
      selectionFolds: 0,
      limitTrain: 60,
      limitTest: 20,
      cache: join(folder.path, 'cache'),
      out: join(folder.path, out),
    });

  describeCellQueue('workers of a Postgres', async () => {
    const stop = new AbortController();
    const queue = remoteWorkers({ connection: server.url, leaseSeconds: 3 });
    const working = [1, 2].map(() => workOn({ ...worker, connection: server.url }, { signal: stop.signal }));
    return {
      queue,
      async close() {
        stop.abort();
        // At once: one that nobody waits for yet would count as unhandled.
        await Promise.all(working.map((one) => expect(one).rejects.toMatchObject({ code: 'ABORTED' })));
        expect(await left()).toBe(0);
      },
    };
  });

  it('takes again what a silent worker had, and each result once, however often it is said', async () => {
    await run(config('local'));
    const running = run(config('remote'), {}, { queue: { connection: server.url, leaseSeconds: 2 } });
    const ended = running.then(() => true);
    const database = await openQueueDatabase(server.url, {});
    const taken = openTakenJobs(database, (error) => expect.unreachable(String(error)));
    const runs = openJoinedRuns(database, 'a talkative worker', ['cells'], () => Promise.resolve(), undefined);
    let joined: JoinedRun[] = [];
    while (joined.length === 0) joined = await runs.look();
    const one = joined[0] as JoinedRun<CellsManifest>;
    // Taken by somebody who is never heard of again.
    const silent = openTakenJobs(database, () => undefined);
    silent.close();
    let dropped = 0;
    while (dropped === 0) dropped = (await silent.take(one.id, 1)).length;
    const slot = await openCellSlot(database, one, { plugins: [] }, { seed: 42 });
    let over = false;
    void ended.finally(() => (over = true));
    while (!over)
      for (const { job, over: gone, done } of await taken.take(one.id, 1)) {
        if (job.type === 'call') throw new Error('a call');
        const result = await slot.compute(job, gone);
        for (let times = 0; times < 3; times++) await tellRun(database, one.id, result);
        await done();
      }
    expect((await running).report.failed).toEqual([]);
    const [local, remote] = ['local', 'remote'].map((name) => filesOf(join(folder.path, name)));
    expect({ ...remote, 'timings.json': '' }).toEqual({ ...local, 'timings.json': '' });
    taken.close();
    await slot.end();
    await database.close();
    expect(await left()).toBe(0);
  });

  it('names in the report the cells that no worker could finish', async () => {
    const running = run(
      { ...config('poisoned'), profile: config('').profile.slice(0, 1) },
      {},
      { queue: { connection: server.url, leaseSeconds: 2 } },
    );
    let over = false;
    void running.finally(() => (over = true));
    const database = await openQueueDatabase(server.url, {});
    const taken = openTakenJobs(database, (error) => expect.unreachable(String(error)));
    const runs = openJoinedRuns(
      database,
      'a worker that is good for nothing',
      ['cells'],
      () => Promise.resolve(),
      undefined,
    );
    let lost = 0;
    while (!over)
      for (const { id } of await runs.look())
        for (const { giveBack } of await taken.take(id, 1)) {
          lost++;
          await giveBack();
        }
    const { failed } = (await running).report;
    expect([failed.length > 0, lost]).toEqual([true, 11]);
    for (const { message } of failed) expect(message).toMatch(/^11 workers began it, and none finished it/);
    taken.close();
    await database.close();
  });

  it('is not served by a worker that would get other results', async () => {
    const stop = new AbortController();
    const said: string[] = [];
    const logger = { info: () => {}, warn: (text: string) => void said.push(text) };
    const plugin = { ...config('refused'), router: [{ name: FAILING_ROUTER, options: {} }] };
    const running = run(
      { ...plugin, router: [...plugin.router, { name: 'sim', options: {} }] },
      { logger, signal: stop.signal },
      { queue: { connection: server.url } },
    );
    await expect.poll(left, { timeout: 20_000 }).toBeGreaterThan(0);
    const refusing = workOn({ ...worker, plugins: [], connection: server.url, idleSeconds: 2 }, { logger });
    expect(await refusing).toMatchObject({ cells: 0, refused: 1 });
    await expect
      .poll(() => said.filter((text) => text.includes('cannot take part')), { timeout: 10_000 })
      .toHaveLength(2);
    expect(said.join('\n')).toContain(`name it: --plugin ${FAILING_ROUTER}`);
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('says what is wrong with the database, without its password', async () => {
    const wrong = openQueueDatabase(server.url.replace('postgres@', 'nobody:canary@'), {});
    await expect(wrong).rejects.toMatchObject({
      code: 'NETWORK',
      message: expect.not.stringContaining('canary') as string,
    });
    await expect(openQueueDatabase('mysql://u:canary@h/d', {})).rejects.toMatchObject({ code: 'BAD_OPTION' });
  });
});

it('names the versions that differ, also where they write another form', () => {
  const same = sameHere();
  const manifest = { kind: 'calls', same, lease: 15, models: {} };
  expect(readManifest(manifest)).toEqual(manifest);
  const older = { ...same, node: 18, packages: { ...same.packages, '@routeprofile/routers': '0.0.1' } };
  const named = /@routeprofile\/routers 0\.0\.1 there, .* here; Node\.js 18 there, \d+ here/;
  expect(() => readManifest({ ...manifest, same: older })).toThrow(named);
  expect(() => readManifest({ same: older, kind: 'unheard of' })).toThrow(named);
  expect(() => readManifest({})).toThrow('another version of RouteProfile');
});
