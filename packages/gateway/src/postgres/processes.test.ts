// Replicas as they are: processes of the built package, which are killed and stopped.
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { openPostgres } from './open-postgres.js';
import { startReplica, type Replica } from '../testing/replica-process.js';

const HOUR = 3_600_000;

const connection = inject('postgres') ?? '';

describe.runIf(connection)('replicas in processes of their own', () => {
  let sql: pg.Client;
  let schema = '';
  let schemas = 0;
  let replicas: Replica[] = [];
  beforeAll(async () => {
    sql = new pg.Client(connection);
    await sql.connect();
  });
  afterAll(() => sql.end());
  afterEach(() => Promise.all(replicas.map((replica) => replica.kill('SIGKILL'))));
  const start = async (count: number, options = {}) => {
    schema = `processes_${++schemas}`;
    replicas = await Promise.all(Array.from({ length: count }, () => startReplica({ connection, schema, ...options })));
    return replicas as [Replica, Replica, Replica];
  };
  const budget = async () => {
    const { rows } = await sql.query<{ spent: number; held: number; leased: number }>(`
      select sum(spent)::float8 / 1e9 as spent, sum(held)::float8 / 1e9 as held,
        (select coalesce(sum(units), 0)::float8 / 1e9 from ${schema}.leases) as leased
      from ${schema}.budgets`);
    return rows[0]!;
  };

  it('grant 100 of 400 reservations of $1 under $100, started and asked at the same time', async () => {
    const three = await start(3);
    const counts = [134, 133, 133];
    const granted = await Promise.all(
      three.map((one, i) => one.ask({ does: 'reserveMany', count: counts[i], amount: 1, of: 100 })),
    );
    expect(granted.reduce((sum: number, one) => sum + Number(one), 0)).toBe(100);
    expect(await budget()).toMatchObject({ spent: 0, held: 100 });
    expect(await three[0].ask({ does: 'spent' })).toBe(100);
    // Nobody settles them any more: they count in full.
    await Promise.all(three.map((one) => one.ask({ does: 'close' })));
    expect(await budget()).toEqual({ spent: 100, held: 0, leased: 0 });
  });

  it('lose nothing that a replica spent before it was killed, and get back what it had not touched', async () => {
    const [first] = await start(1, { leaseMs: 1_000 });
    void first.ask({ does: 'spendForever', amount: 0.02, actual: 0.011, of: 100 }).catch(() => {});
    await expect.poll(() => first.charged().count, { timeout: 10_000 }).toBeGreaterThan(120);
    await first.kill('SIGKILL');
    const charged = first.charged().dollars;
    const then = await budget();
    expect(then.leased).toBeGreaterThan(0);

    const store = await openPostgres({ connection, schema, leaseMs: 1_000 });
    // Its lease is still there: what nobody knows it to be spent is not given to others.
    expect(await store.reserve('team', 100 - charged, { amount: 100, per: 'day' }, HOUR)).toBe(null);
    const leased = async () => {
      await store.spent('team', 'day');
      return (await budget()).leased;
    };
    await expect.poll(leased, { timeout: 5_000 }).toBe(0);
    const spent = await store.spent('team', 'day');
    expect(spent).toBeGreaterThanOrEqual(charged);
    // How much of the lease it had announced to use depends on how fast it spent; what it had not announced is back.
    expect(spent).toBeLessThan(then.spent + then.held);
    expect(await budget()).toMatchObject({ held: 0, leased: 0 });
    const rest = 100 - spent;
    expect(typeof (await store.reserve('team', rest, { amount: 100, per: 'day' }, HOUR))).toBe('object');
    expect(await store.reserve('team', 0.001, { amount: 100, per: 'day' }, HOUR)).toBe(null);
    await store.close();
  });

  it('do not spend from a lease that ended while they stood still', async () => {
    const [first] = await start(1, { leaseMs: 700 });
    await first.ask({ does: 'reserveMany', count: 1, amount: 0.01, of: 10 });
    expect((await budget()).leased).toBeGreaterThan(0.05);
    first.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 900));
    const store = await openPostgres({ connection, schema });
    const spent = await store.spent('team', 'day');
    expect(spent).toBeGreaterThan(0.01);
    expect(typeof (await store.reserve('team', 10 - spent, { amount: 10, per: 'day' }, HOUR))).toBe('object');
    first.signal('SIGCONT');
    expect(await first.ask({ does: 'reserveMany', count: 5, amount: 0.01, of: 10 })).toBe(0);
    expect((await budget()).spent + (await budget()).held).toBe(10);
    await store.close();
  });
});
