import pg from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { contractRecord } from '../testing/state-store-contract.js';
import { openPostgres } from './open-postgres.js';

const connection = inject('postgres') ?? '';

describe.runIf(connection)('what several replicas keep in one database', () => {
  const open = (schema: string, more = {}) => openPostgres({ connection, schema, ...more });

  it('is read in the order in which it came, each record once, while all of them write', async () => {
    const schema = 'written';
    const [reader, ...writers] = await Promise.all([open(schema), open(schema), open(schema), open(schema)]);
    const each = 400;
    let writing = true;
    const written = Promise.all(
      writers.map(async (store, w) => {
        for (let i = 0; i < each; i += 10)
          await Promise.all(Array.from({ length: 10 }, (_, j) => store.append([contractRecord(`${w}-${i + j}`)])));
      }),
    ).finally(() => (writing = false));
    const seen: string[] = [];
    let cursor: string | undefined;
    let rounds = 0;
    for (let last = false; !last; rounds++) {
      last = !writing;
      for await (const row of reader.read(cursor)) {
        seen.push(row.record.id);
        cursor = row.cursor;
      }
    }
    await written;
    expect(rounds).toBeGreaterThan(5);
    expect(seen.length).toBe(3 * each);
    expect(new Set(seen).size).toBe(3 * each);
    const again: string[] = [];
    for await (const row of reader.read()) again.push(row.record.id);
    expect(again).toEqual(seen);
    await Promise.all([reader, ...writers].map((store) => store.close()));
  });

  it('is found by all of them: decisions, what is said of them, and what they publish', async () => {
    const warnings: string[] = [];
    const [first, second] = await Promise.all([
      open('told', { logger: { info: () => {}, warn: (text: string) => void warnings.push(text) } }),
      open('told'),
    ]);
    await first.append([contractRecord('one')]);
    expect(await second.find('one')).toEqual(contractRecord('one'));
    const said = {
      id: 'f',
      decision: 'one',
      tenant: 'a',
      name: 'quality',
      value: true,
      source: 'user',
      at: 1,
    } as const;
    const stored = await Promise.all([first.feedback(said), second.feedback(said)]);
    expect(stored.toSorted()).toEqual(['duplicate', 'stored']);
    // Of several that say another thing at the same time one stands, and the others were there before it.
    const others = await Promise.all([2, 3, 4].map((value) => second.feedback({ ...said, value })));
    expect(others).toEqual(['replaced', 'replaced', 'replaced']);
    expect(await first.said('one')).toEqual(await second.said('one'));
    expect((await first.said('one')).length).toBe(1);
    // What is still on its way can be judged too.
    void first.append([contractRecord('two')]);
    expect(await first.feedback({ ...said, decision: 'two' })).toBe('stored');

    const heard: unknown[] = [];
    const own: unknown[] = [];
    second.subscribe('learned', (value) => heard.push(value));
    first.subscribe('learned', (value) => own.push(value));
    first.publish('learned', 'x'.repeat(8_000));
    first.publish('learned', { weights: [1] });
    await expect.poll(() => heard).toEqual([{ weights: [1] }]);
    expect(own.length).toBe(2);
    expect(warnings).toEqual([expect.stringMatching(/^Postgres: 8\d\d\d bytes on learned are too many/)]);
    await Promise.all([first.close(), second.close()]);
  });

  it('may have been written by a newer version, whose rows stay and stop nobody', async () => {
    const warnings: string[] = [];
    const logger = { info: () => {}, warn: (text: string) => void warnings.push(text) };
    const [store, sql] = [await open('newer', { logger }), new pg.Client(connection)];
    await sql.connect();
    const attempt = { endpoint: 'e1', candidate: 'small', totalMs: 1, fault: 'of-tomorrow', novel: 1 };
    const rows = [
      contractRecord('known'),
      { ...contractRecord('fault'), attempts: [attempt], novel: { deep: [1] } },
      { ...contractRecord('version'), version: 2 },
      { ...contractRecord('wire'), wire: 'smoke' },
      contractRecord('last'),
    ];
    for (const row of rows)
      await sql.query(`select newer.append_decisions($1, $2, $3, $4)`, [
        ...[[row.id], [row.tenant], [row.at], [JSON.stringify(row)]],
      ]);
    const said = {
      decision: 'known',
      tenant: 'a',
      name: 'quality',
      value: true,
      score: 1,
      source: 'user',
      at: 1,
    } as const;
    await store.feedback({ ...said, id: 'f1' });
    const robot = JSON.stringify({ ...said, id: 'f2', source: 'robot' });
    await sql.query(
      `insert into newer.feedback (decision, id, said, meaning) select seq, 'f2', $1::json, 'x' from newer.decisions where id = 'known'`,
      [robot],
    );
    await store.feedback({ ...said, id: 'f3', decision: 'version' });

    const { novel: _, ...told } = attempt;
    const shown = { ...contractRecord('fault'), attempts: [{ ...told, fault: 'unknown' }] };
    expect(await store.find('fault')).toEqual(shown);
    expect(await store.find('version')).toBe(undefined);
    expect((await store.latest('a', 9)).map(({ id }) => id)).toEqual(['last', 'fault', 'known']);
    expect((await store.said('known')).map(({ id }) => id)).toEqual(['f1']);
    const read = [];
    for await (const { record, feedback } of store.read()) read.push([record.id, feedback.length]);
    expect(read).toEqual([
      ['known', 1],
      ['fault', 0],
      ['last', 0],
    ]);
    expect(warnings).toEqual([
      expect.stringMatching(/^Postgres: 1 row .*is passed over; .*\(first: decision version: version: /),
      expect.stringMatching(/^Postgres: 3 rows .*\(first: feedback f2 of known: source: /),
    ]);
    const { rows: kept } = await sql.query<{ count: string }>(
      `select count(*) from newer.decisions where record::text ~ 'novel|"version":2|smoke'`,
    );
    expect(kept).toEqual([{ count: '3' }]);
    await sql.end();
    await store.close();
  });

  it('lies in tables that are made once, however many start at the same time', async () => {
    const stores = await Promise.all([open('made'), open('made'), open('made')]);
    await Promise.all(stores.map((store) => store.close()));
    const sql = new pg.Client(connection);
    await sql.connect();
    expect((await sql.query('select version from made.migrations')).rows).toEqual([{ version: 1 }]);
    const frozen = connection.replace('postgres@', 'frozen@');
    await sql.query('create role frozen login superuser; alter role frozen set default_transaction_read_only = on');
    const reader = await openPostgres({ connection: frozen, schema: 'made' });
    await expect(reader.check()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    await reader.close();
    // Whoever may not make schemas can use one that is there.
    await sql.query(`create role plain login; create schema mine authorization plain`);
    await sql.query('insert into made.migrations (version) values (7)');
    const plain = await openPostgres({ connection: connection.replace('postgres@', 'plain@'), schema: 'mine' });
    await plain.append([contractRecord('one')]);
    await plain.close();
    await expect(open('made')).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: 'the schema made of the database has version 7, and this program knows versions up to 1',
    });
    await sql.end();
  });

  it('is timed by the clock of the database', async () => {
    const warnings: string[] = [];
    const real = Date.now;
    Date.now = () => real() + 3_600_000;
    try {
      const store = await open('clock', {
        logger: { info: () => {}, warn: (text: string) => void warnings.push(text) },
      });
      await store.reserve('team', 1, { amount: 5, per: 'hour' }, 1_000);
      await store.close();
    } finally {
      Date.now = real;
    }
    expect(warnings).toContain(
      'the clock of this machine is 3600.0 seconds ahead of that of the database; budgets go by the latter',
    );
    const sql = new pg.Client(connection);
    await sql.connect();
    const { rows } = await sql.query<{ window: string }>('select "window" from clock.budgets');
    expect(rows.map(({ window }) => Date.parse(`${window}:00Z`))).toEqual([
      Math.floor(Date.now() / 3_600_000) * 3_600_000,
    ]);
    await sql.end();
  });

  it('refuses options that cannot be', async () => {
    for (const wrong of [
      { schema: 'Mine' },
      { schema: 'a;b' },
      { leaseShare: 0.5 },
      { connections: 0 },
      { timeoutMs: NaN },
    ])
      await expect(open('any', wrong)).rejects.toMatchObject({ code: 'BAD_OPTION' });
    const store = await open('cursor');
    await expect(store.read('1; drop')[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await store.close();
  });
});
