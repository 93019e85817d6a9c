import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../disk/testing.js';
import { importOutcomes } from '../import.js';
import { Workbench } from '../testing.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

// Made by hyparquet-writer 0.17.0, in row groups of three: four calls with text, doubles, 64-bit counts, timestamps, JSON.
const fixture = (codec: string) => join(import.meta.dirname, '../../fixtures/parquet', `calls-${codec}.parquet`);

describe('Parquet', () => {
  it.each(['snappy', 'uncompressed'])('is read as any table, packed with %s', async (codec) => {
    const { columns, unused } = await importOutcomes(fixture(codec), bench.out, { columns: { task: 'meta.task' } });
    expect(bench.rows()).toEqual([
      {
        ...{ id: 'q1', task: 't', time: '2026-03-01T00:00:00Z', query: 'one' },
        models: { a: { score: 1, inputTokens: 4 }, b: { score: 0, inputTokens: 5 } },
      },
      {
        ...{ id: 'q2', task: 'u', time: '2026-03-03T00:00:00Z', query: 'two' },
        models: { a: { score: 0.5, inputTokens: 6 }, b: { score: null, inputTokens: 7 } },
      },
    ]);
    expect([columns.time, columns.inputTokens, unused]).toEqual(['created_at', 'input_tokens', []]);
  });

  it('is refused when it is cut short, or something else', async () => {
    const bytes = readFileSync(fixture('snappy'));
    for (const damaged of [bytes.subarray(0, bytes.length - 30), Buffer.from('PAR1 and nothing else')]) {
      writeFileSync(join(bench.dir, 'a.parquet'), damaged);
      const error = await failureOf(() => importOutcomes(join(bench.dir, 'a.parquet'), bench.out));
      expect([error.code, error.message]).toEqual([
        'CORRUPT_FILE',
        expect.stringMatching(/a\.parquet: cannot be read as Parquet/),
      ]);
    }
  });

  it('is refused when there is nothing in it', async () => {
    const error = await bench.refused('a.parquet', new Uint8Array(0));
    expect([error.code, error.message]).toEqual([
      'CORRUPT_FILE',
      expect.stringMatching(/is empty, expected a Parquet file/),
    ]);
  });

  it('says how to read a compression that is not known here', async () => {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const path = join(bench.dir, 'z.parquet');
    await connection.run(
      `COPY (SELECT 'q' AS query, 'a' AS model, 1 AS score) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`,
    );
    connection.closeSync();
    const error = await failureOf(() => importOutcomes(path, bench.out));
    expect(error.message).toMatch(/is packed with ZSTD/);
    expect(error.hint).toContain(`--engine duckdb "SELECT * FROM '${path}'"`);
    expect(await importOutcomes(`SELECT * FROM '${path}'`, bench.out, { engine: 'duckdb' })).toMatchObject({ rows: 1 });
  });
});
