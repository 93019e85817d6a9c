import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { failureOf } from '../../disk/testing.js';
import { importOutcomes, type ImportOptions } from '../import.js';
import { csv, jsonl, Workbench } from '../testing.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

const at = (name: string) => join(bench.dir, name);
const query = (sql: string, options: ImportOptions = {}) =>
  importOutcomes(sql, bench.out, { engine: 'duckdb', replace: true, ...options });
const written = () => readFileSync(join(bench.out, 'outcomes.jsonl'), 'utf8');

/** Runs SQL outside of what is tested, to make files. */
async function make(sql: string): Promise<void> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(sql);
  connection.closeSync();
}

describe('queries by DuckDB', () => {
  it('give the same dataset as the files themselves, in every format', async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => ({
      ...{ query: `Question ${i % 1_500}?`, task: 'sums', model: i < 1_500 ? 'a' : 'b', score: (i % 4) / 4 },
      ...{ cost: 0.25 * (i % 3), latency_ms: i % 700, prompt_tokens: i, time: `2026-01-0${1 + (i % 9)}T00:00:00Z` },
    }));
    writeFileSync(at('log.jsonl'), jsonl(...rows));
    const { columns } = await importOutcomes(at('log.jsonl'), bench.out);
    const direct = written();
    await make(`COPY (SELECT * FROM '${at('log.jsonl')}') TO '${at('log.parquet')}'`);
    await make(`COPY (SELECT * FROM '${at('log.jsonl')}') TO '${at('log.csv')}'`);
    for (const name of ['log.parquet', 'log.csv', 'log.jsonl']) {
      const result = await query(`SELECT * FROM '${at(name)}';`);
      expect(result.columns).toEqual(columns);
      // Not toBe: thousands of lines would be shown.
      expect(written() === direct, name).toBe(true);
    }
    expect(JSON.parse(readFileSync(join(bench.out, 'meta.json'), 'utf8'))).toMatchObject({
      source: '1 query by duckdb',
    });
  });

  it('read structures, maps, JSON, decimals and long integers, and presets are recognised', async () => {
    const sql = `SELECT 'q1' AS id, 'Why?' AS query, MAP {'a': {'score': 1.5::DECIMAL(4,2) / 2, 'inputTokens': 7::BIGINT}, 'b': {'score': 0, 'inputTokens': 8::HUGEINT}} AS models`;
    expect((await query(sql)).preset).toBe('outcomes');
    expect(bench.rows()[0]!.models).toEqual({
      a: { score: 0.75, inputTokens: 7 },
      b: { score: 0, inputTokens: 8 },
    });
    const chat = `'[{"role":"user","content":"Why?"}]'::JSON`;
    await query(`SELECT ${chat} AS messages, {'grade': true} AS result, unnest(['a', 'b']) AS model`, {
      columns: { query: 'messages', score: 'result.grade' },
    });
    expect(bench.rows()).toEqual([{ id: 'q1', query: 'Why?', models: { a: { score: 1 }, b: { score: 1 } } }]);
  });

  it('keep every digit of long numbers, and read times of day, spans and bits as SQL writes them', async () => {
    const ids = "unnest([9007199254740992, 9007199254740993]) AS id, 'q' || id AS query";
    const sql = `SELECT ${ids}, 'a' AS model, 1 AS score`;
    await query(sql);
    expect(bench.rows().map(({ id }) => id)).toEqual(['9007199254740992', '9007199254740993']);
    for (const [value, text] of [
      ["TIME '10:00'", '10:00:00'],
      ["TIMETZ '10:00:00+02'", '10:00:00+02'],
      ['INTERVAL 90 SECOND', '00:01:30'],
      ["'101'::BIT", '101'],
      ['9007199254740993::DECIMAL(20,0)', '9007199254740993'],
    ] as const) {
      await query(`SELECT 'q' AS query, 'a' AS model, 1 AS score, ${value} AS id`);
      expect(bench.rows()[0]!.id, value).toBe(text);
    }
    const { warnings } = await query("SELECT 'q' AS query, 'a' AS model, 1 AS score, TIME '10:00' AS time");
    expect(warnings).toContain('1 value is not a time in "time": left out.');
  });

  it('may be several, with what is aggregated in them, and a sample of their rows', async () => {
    writeFileSync(at('w.csv'), csv('q,task,a,b', ...Array.from({ length: 500 }, (_, i) => `q${i},t,${i % 2},1`)));
    const sources = ["q < 'q2'", "q >= 'q2'"].map((where) => ({
      path: `SELECT q AS query, task, a, b FROM '${at('w.csv')}' WHERE ${where}`,
    }));
    const result = await importOutcomes(sources, bench.out, { engine: 'duckdb', models: ['a', 'b'], sample: 7 });
    expect([result.rows, result.format]).toEqual([7, 'wide']);
    expect(result.warnings[0]).toMatch(/drew 7 of 500 rows, those of 7 queries/);
  });

  it('run once where rows are read once, and write or read nothing else', async () => {
    await make(`COPY (SELECT 'q' AS query, 'a' AS model, 1 AS score) TO '${at('x.parquet')}'`);
    for (const [sql, message] of [
      [`COPY (SELECT 1) TO '${at('out.csv')}'`, /another kind of statement, expected one SELECT/],
      [`SELECT 1; SELECT 2`, /holds 2 statements/],
      [`INSTALL httpfs`, /another kind of statement/],
      [`SET autoinstall_known_extensions = true`, /another kind of statement/],
      [`ATTACH '${at('db')}' AS x`, /another kind of statement/],
      [`SELECT * FROM 'https://example.com/x.parquet'`, /the query: /],
      [`SELECT * FROM 'none-*.parquet'`, /No files found/],
      [`SELEC 1`, /syntax error/],
      [` ; `, /is empty, expected one SELECT/],
      [`SELECT quer FROM (SELECT 1 AS query)`, /"quer" not found in FROM clause! Candidate bindings: "query"/],
      [`SELECT * FROM '${at('not-there.parquet')}'`, /No files found/],
      [`SELECT 1 AS a, 2 AS a`, /column "a" twice/],
      [`SELECT 'q' AS query, 'a' AS model, 1 AS score WHERE false`, /holds no rows/],
      [`SELECT 'q' AS query, 'a' AS model FROM '${at('x.parquet')}'`, /no column "score"/],
      [`SELECT error('row ' || i) AS query, 'a' AS model, 1 AS score FROM range(9) t(i)`, /the query: .*row/],
    ] as const)
      expect((await failureOf(() => query(sql))).message, sql).toMatch(message);
    const file = await failureOf(() => query('logs/my log.parquet'));
    expect(file.hint).toBe(`Omit --engine to read the file as it is, or give "SELECT * FROM 'logs/my log.parquet'".`);
    const error = await failureOf(() => query(`SELECT * FROM 'https://example.com/x.parquet'`));
    expect([error.code, error.hint]).toEqual(['BAD_INPUT', expect.stringContaining('network are off')]);
  });

  it('load extensions that are asked for, or say how', async () => {
    await query(`SELECT 'q' AS query, unnest(['a', 'b']) AS model, 1 AS score`, { extensions: ['json'] });
    const error = await failureOf(() => query('SELECT 1', { extensions: ['not_there'] }));
    expect([error.code, error.message]).toEqual(['UNSUPPORTED', expect.stringContaining('extension not_there')]);
    expect((await failureOf(() => query('SELECT 1', { extensions: ["x'; --"] }))).code).toBe('BAD_OPTION');
    expect((await failureOf(() => query('SELECT 1', { database: 'postgres://x' }))).message).toMatch(/engine postgres/);
  });

  it('need a package that says how it is installed', async () => {
    vi.doMock('@duckdb/node-api', () => {
      throw new Error('not there');
    });
    vi.resetModules();
    const { openDuckDb } = await import('./duckdb.js');
    const error = await failureOf(() => openDuckDb({ extensions: [], database: undefined }));
    expect([error.code, error.hint]).toEqual(['UNSUPPORTED', expect.stringContaining('npm install @duckdb/node-api')]);
    vi.doUnmock('@duckdb/node-api');
  });

  it('end when told to', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const endless =
      "SELECT max(a.i + b.i)::TEXT AS query, 'a' AS model, 1 AS score FROM range(10000000) a(i), range(10000000) b(i)";
    expect((await failureOf(() => query(endless, { signal: controller.signal }))).code).toBe('ABORTED');
  });
});
