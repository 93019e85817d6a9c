import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import pg from 'pg';
import { hasPostgres, startPostgres, type TestPostgres } from '../../../../../tools/postgres.js';
import { failureOf } from '../../disk/testing.js';
import { importOutcomes, type ImportOptions } from '../import.js';
import { Workbench } from '../testing.js';

describe.runIf(hasPostgres())('queries in Postgres', () => {
  const bench = new Workbench();
  let server: TestPostgres;
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(sql);
    await client.end();
    return rows;
  };
  beforeAll(async () => {
    server = await startPostgres();
    await run(`CREATE TABLE calls AS SELECT 'Question ' || i AS question, CASE i % 2 WHEN 0 THEN 'x' ELSE 'y' END AS task, m AS model,
      (i % 4)::numeric / 4 AS score, 0.001::float8 * i AS cost, i::bigint AS prompt_tokens, timestamptz '2026-01-01T00:00:00Z' + i * interval '1 s' AS time,
      jsonb_build_object('grader', 'tests') AS more FROM generate_series(1, 6000) i, unnest(ARRAY['a', 'b']) m`);
  }, 60_000);
  beforeEach(() => bench.next());
  afterAll(async () => {
    bench.remove();
    await server?.remove();
  });
  const query = (sql: string, options: ImportOptions = {}) =>
    importOutcomes(sql, bench.out, { engine: 'postgres', database: server.url, ...options });

  it('are read by a cursor, with numbers, times and JSON', async () => {
    const result = await query('SELECT * FROM calls ORDER BY time, model', { columns: { source: 'more.grader' } });
    expect([result.rows, result.models, result.tasks]).toEqual([6_000, ['a', 'b'], ['y', 'x']]);
    expect(bench.rows()[6]).toEqual({
      ...{ id: 'q7', task: 'y', time: '2026-01-01T00:00:07Z', query: 'Question 7' },
      models: Object.fromEntries(
        ['a', 'b'].map((model) => [model, { score: 0.75, cost: 0.007, inputTokens: 7, source: 'tests' }]),
      ),
    });
  });

  it('make a sample, summed up in numbers that are exact', async () => {
    const { rows } = await query('SELECT question AS query, task, model, score FROM calls', { sample: 50 });
    expect(rows).toBe(100);
  });

  it.each<[string, string, RegExp]>([
    ['SELECT 1; DROP TABLE calls', 'BAD_INPUT', /multiple commands/],
    ['DELETE FROM calls RETURNING *', 'BAD_INPUT', /syntax error/],
    [
      'WITH gone AS (DELETE FROM calls RETURNING *) SELECT question AS query, model, score FROM gone',
      'BAD_INPUT',
      /DECLARE CURSOR must not/,
    ],
    ["SELECT setval('none', 1)", 'BAD_INPUT', /does not exist/],
    ['SELECT 1 AS a, 2 AS a', 'BAD_INPUT', /column "a" twice/],
    ['SELECT * FROM calls WHERE false', 'BAD_INPUT', /holds no rows/],
  ])('refuse %s', async (sql, code, message) => {
    const error = await failureOf(() => query(sql));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    expect(await run('SELECT count(*)::int AS count FROM calls')).toEqual([{ count: 12_000 }]);
  });

  it('leave no connection open where their columns are refused', async () => {
    const error = await failureOf(() => query('SELECT question FROM calls'));
    expect(error.message).toMatch(/its columns are question/);
    const left = () => run("SELECT 1 FROM pg_stat_activity WHERE application_name = 'routeprofile'");
    await expect.poll(left, { timeout: 5_000 }).toEqual([]);
  });

  it('read spans as Postgres writes them', async () => {
    await query("SELECT interval '90 s' AS id, 'q' AS query, 'a' AS model, 1 AS score");
    expect(bench.rows()[0]!.id).toBe('00:01:30');
  });

  it('say nothing secret of a database that is not there', async () => {
    const error = await failureOf(() => query('SELECT 1', { database: 'postgres://me:hunter2@127.0.0.1:1/x' }));
    expect([error.code, error.message]).toEqual([
      'NETWORK',
      'Postgres: cannot connect: nothing answers there (ECONNREFUSED)',
    ]);
    expect(JSON.stringify(error)).not.toContain('hunter2');
    const absent = await failureOf(() => query('SELECT 1', { database: `${server.url}_not_there` }));
    expect(absent.message).toBe('Postgres: cannot connect: there is no such database (3D000)');
  });
});
