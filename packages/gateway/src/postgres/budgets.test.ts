import { createRandom } from '@routeprofile/schema';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Limit, StateStore } from '../contracts/store.js';
import { openPostgres } from './open-postgres.js';
import type { PostgresOptions } from './options.js';

const HOUR = 3_600_000;
const daily = (amount: number): Limit => ({ amount, per: 'day' });

const connection = inject('postgres') ?? '';

describe.runIf(connection)('a budget that several replicas share', () => {
  let sql: pg.Client;
  let schema = '';
  let schemas = 0;
  let stores: StateStore[];
  beforeAll(async () => {
    sql = new pg.Client(connection);
    await sql.connect();
  });
  afterAll(() => sql.end());
  beforeEach(() => {
    schema = `budgets_${++schemas}`;
    stores = [];
  });
  afterEach(() => closeAll());
  const closeAll = () => Promise.all(stores.map((store) => store.close()));
  const open = async (options: Partial<PostgresOptions> = {}) => {
    const store = await openPostgres({ connection, schema, ...options });
    stores.push(store);
    return store;
  };
  const openThree = (options?: Partial<PostgresOptions>) => Promise.all([open(options), open(options), open(options)]);
  /** What the database has, in dollars; `taken` is what counts against the limit. */
  const inDatabase = async () => {
    const { rows } = await sql.query<{ spent: number; held: number; leases: number; leased: number }>(`
      select coalesce(sum(spent), 0)::float8 / 1e9 as spent, coalesce(sum(held), 0)::float8 / 1e9 as held,
        (select count(*)::int from ${schema}.leases) as leases,
        (select coalesce(sum(units), 0)::float8 / 1e9 from ${schema}.leases) as leased
      from ${schema}.budgets`);
    const [{ spent, held, leases, leased }] = rows as [(typeof rows)[number]];
    return { spent, held, leases, leased, taken: spent + held };
  };

  it('serves many requests by one lease, and counts what they took', async () => {
    const store = await open();
    const calls = async () => {
      const { rows } = await sql.query<{ calls: number }>(
        `select coalesce(max(seq), 0)::int as calls from ${schema}.leases`,
      );
      return rows[0]!.calls;
    };
    for (let i = 0; i < 200; i++) {
      const held = await store.reserve('team', 0.02, daily(100), HOUR);
      await store.settle(held!.id, 0.001);
    }
    expect(await calls()).toBeLessThan(8);
    expect(await store.spent('team', 'day')).toBeCloseTo(0.2, 9);
    await closeAll();
    expect(await inDatabase()).toEqual({ spent: 0.2, held: 0, leases: 0, leased: 0, taken: 0.2 });
  });

  it('is never passed by any of them, and ends exactly at what was settled', async () => {
    const replicas = await openThree({ leaseMs: 5_000 });
    const random = createRandom(7, 'traffic of three replicas');
    let settled = 0;
    let refused = 0;
    let most = 0;
    const requests = async (store: StateStore) => {
      for (let i = 0; i < 150; i++) {
        const units = 1 + random.int(40);
        const held = await store.reserve('team', units / 100, daily(10), HOUR);
        if (held === null) {
          refused++;
          continue;
        }
        if (random.int(2) === 0) await new Promise((resolve) => setTimeout(resolve, random.int(5)));
        const actual = random.int(units + 1);
        settled += actual;
        await store.settle(held.id, actual / 100);
      }
    };
    let done = false;
    const watching = (async () => {
      while (!done) most = Math.max(most, (await inDatabase()).taken);
    })();
    await Promise.all(replicas.flatMap((store) => [requests(store), requests(store)])).finally(() => (done = true));
    await watching;
    await closeAll();
    expect(most).toBeLessThanOrEqual(10);
    expect(refused).toBeGreaterThan(50);
    const { spent, held } = await inDatabase();
    expect([spent, held]).toEqual([settled / 100, 0]);
  });

  it('is granted to the last cent, though another replica holds a lease that it does not use', async () => {
    const [first, second] = await openThree();
    await first.reserve('team', 0.01, daily(100), HOUR);
    expect((await inDatabase()).leased).toBeGreaterThan(0.9);
    expect(typeof (await second.reserve('team', 99.99, daily(100), HOUR))).toBe('object');
    expect(await second.reserve('team', 0.01, daily(100), HOUR)).toBe(null);
    expect(await inDatabase()).toMatchObject({ taken: 100, leased: 100 });
    expect(await second.spent('team', 'day')).toBe(100);
  });

  it('is not held by a lease that nobody uses any more', async () => {
    const store = await open();
    const held = await store.reserve('team', 0.01, daily(100), HOUR);
    await store.settle(held!.id, 0.004);
    await expect
      .poll(inDatabase, { timeout: 5_000 })
      .toEqual({ spent: 0.004, held: 0, leases: 0, leased: 0, taken: 0.004 });
  });

  it('follows another limit at once', async () => {
    const store = await open();
    const held = await store.reserve('team', 0.01, daily(100), HOUR);
    await store.settle(held!.id, 0.01);
    expect(await store.reserve('team', 0.01, daily(0.015), HOUR)).toBe(null);
    expect(typeof (await store.reserve('team', 0.01, daily(0.02), HOUR))).toBe('object');
  });

  it('counts what is still held when a replica is closed', async () => {
    const warnings: string[] = [];
    const store = await open({ logger: { info: () => {}, warn: (text) => void warnings.push(text) } });
    await store.reserve('team', 2, daily(100), HOUR);
    await store.close();
    expect(await inDatabase()).toEqual({ spent: 2, held: 0, leases: 0, leased: 0, taken: 2 });
    expect(warnings).toEqual([expect.stringContaining('2 dollars of team had not been settled')]);
    await expect(store.reserve('team', 1, daily(100), HOUR)).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
