// A database that is killed, started anew, slow, or not what was asked for.
import { inspect } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPostgres, startPostgres, type TestPostgres } from '../../../../tools/postgres.js';
import type { Limit, StateStore } from '../contracts/store.js';
import { contractRecord } from '../testing/state-store-contract.js';
import { openPostgres } from './open-postgres.js';

const HOUR = 3_600_000;
const DAILY: Limit = { amount: 100, per: 'day' };
const PASSWORD = 'canary-8Xq?p#w';

function logged() {
  const lines: string[] = [];
  const logger = { info: (text: string) => void lines.push(text), warn: (text: string) => void lines.push(text) };
  return { lines, logger };
}

/** Ids of what the database has; undefined while it cannot say. */
const kept = (store: StateStore) =>
  store.latest('a', 9).then(
    (records) => records.map(({ id }) => id),
    () => undefined,
  );

describe.runIf(hasPostgres())('a database that fails', () => {
  let server: TestPostgres;
  let connection = '';
  beforeAll(async () => {
    server = await startPostgres();
    connection = server.url.replace('postgres@', `postgres:${encodeURIComponent(PASSWORD)}@`);
  });
  afterAll(() => server?.remove());

  it('is missed at once, and used again as soon as it is back', async () => {
    const { lines, logger } = logged();
    const schema = 'outage';
    const refusing = await openPostgres({ connection, schema, logger, timeoutMs: 1_000 });
    const opening = await openPostgres({ connection, schema, onDown: 'open', timeoutMs: 1_000 });
    const heard: unknown[] = [];
    opening.subscribe('cooldown', (value) => heard.push(value));
    const before = await refusing.reserve('team', 1, DAILY, HOUR);
    await refusing.append([contractRecord('one')]);

    await server.kill();
    // The lease may be used for a while yet; more than it has is refused.
    await expect(refusing.reserve('team', 50, DAILY, HOUR)).rejects.toMatchObject({ code: 'NETWORK' });
    await expect(refusing.find('one')).rejects.toMatchObject({ code: 'NETWORK' });
    await expect(refusing.feedback({ ...said, decision: 'one' })).rejects.toMatchObject({ code: 'NETWORK' });
    await refusing.settle(before!.id, 0.25);
    const began = performance.now();
    for (let i = 0; i < 100; i++) await refusing.reserve('team', 50, DAILY, HOUR).catch(() => {});
    expect(performance.now() - began).toBeLessThan(1_000);
    // Granted though nobody can tell whether there is as much.
    const open = await Promise.all([99, 98].map((amount) => opening.reserve('team', amount, DAILY, HOUR)));
    await opening.settle(open[0]!.id, 20);
    await refusing.append([contractRecord('two')]);
    await refusing.append([contractRecord('three')]);
    expect(await refusing.find('two')).toEqual(contractRecord('two'));
    await expect(refusing.find('one')).rejects.toMatchObject({ code: 'NETWORK' });
    await expect(refusing.check()).rejects.toMatchObject({ code: 'NETWORK' });

    await server.start();
    await expect.poll(() => kept(refusing), { timeout: 10_000 }).toEqual(['three', 'two', 'one']);
    await refusing.check();
    await refusing.feedback({ ...said, decision: 'two' });
    await expect.poll(() => opening.spent('team', 'day'), { timeout: 10_000 }).toBe(118.25);
    await expect
      .poll(
        () => {
          refusing.publish('cooldown', { endpoint: 'e1' });
          return heard[0];
        },
        { timeout: 10_000, interval: 100 },
      )
      .toEqual({ endpoint: 'e1' });
    expect(await refusing.reserve('team', 1, DAILY, HOUR)).toBe(null);
    await refusing.close();
    await opening.close();
    expect(lines.join('\n')).not.toContain('canary');
    const once = (what: string) => lines.filter((line) => line.includes(what)).length;
    expect([once('Until it is back budgets'), once('decisions wait in memory, up to'), once('is back after')]).toEqual([
      1, 1, 1,
    ]);
  });

  it('holds a bounded number of decisions up', async () => {
    const store = await openPostgres({ connection, schema: 'bounded', maxWaiting: 3, timeoutMs: 500 });
    await server.kill();
    await store.append(['1', '2', '3'].map((id) => contractRecord(id)));
    await expect(store.append([contractRecord('4')])).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    await server.start();
    await expect.poll(() => kept(store), { timeout: 10_000 }).toEqual(['3', '2', '1']);
    await store.close();
  });

  it('gives up on statements that take too long, without holding anything else up', async () => {
    const store = await openPostgres({ connection, schema: 'slow', timeoutMs: 300 });
    await store.reserve('other', 1, DAILY, HOUR);
    const other = new pg.Client(server.url);
    await other.connect();
    await other.query('begin; lock table slow.budgets in access exclusive mode');
    const began = performance.now();
    await expect(store.reserve('team', 1, DAILY, HOUR)).rejects.toMatchObject({ code: 'NETWORK' });
    expect(performance.now() - began).toBeLessThan(1_500);
    await other.query('rollback');
    await other.end();
    await expect.poll(() => store.reserve('team', 1, DAILY, HOUR).catch(() => null), { timeout: 5_000 }).not.toBe(null);
    await store.close();
  });

  it('refuses one record without losing those beside it', async () => {
    const store = await openPostgres({ connection, schema: 'refused' });
    const written = await Promise.allSettled(
      [contractRecord('good'), contractRecord('bad', { at: NaN }), contractRecord('fine', { tenant: 'a\0b' })].map(
        (one) => store.append([one]),
      ),
    );
    expect(written.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await store.latest('a\0b', 5)).map(({ id }) => id)).toEqual(['fine']);
    await store.close();
  });

  it('is never told of with its URL or its password', async () => {
    const { lines, logger } = logged();
    const errors: unknown[] = [];
    const open = (wrong: string) =>
      openPostgres({ connection: wrong, logger, timeoutMs: 300 }).catch((error: unknown) => errors.push(error));
    await open(connection.replace(/:\d+\//, ':1/'));
    await open(connection.replace('127.0.0.1', 'no-such-host.invalid'));
    await open(connection.replace(/\/postgres$/, '/no_such_database'));
    await open(`postgres://postgres:${PASSWORD}@127.0.0.1/postgres`);
    await open(`mysql://postgres:${PASSWORD}@127.0.0.1/postgres`);
    await open(`postgres://postgres:${PASSWORD}@[::/postgres`);
    await openPostgres({
      connection: { host: '127.0.0.1', port: 1, user: PASSWORD, password: PASSWORD, database: 'x' },
      timeoutMs: 300,
    }).catch((error: unknown) => errors.push(error));
    expect(errors.length).toBe(7);
    const all = inspect(errors, { depth: 10, showHidden: true }) + lines.join('\n');
    for (const secret of ['canary-8Xq', encodeURIComponent(PASSWORD), 'postgres@', '127.0.0.1:'])
      expect(all).not.toContain(secret);
  });
});

const said = { id: 'f1', tenant: 'a', name: 'quality', value: true, score: 1, source: 'user', at: 1 } as const;
