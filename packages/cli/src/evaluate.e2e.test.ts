import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runReportSchema } from '@routeprofile/schema';
import { routeprofile, runReport, temporaryFolder } from './testing/harness.js';

interface Row {
  id: string;
  split: string;
  query: string;
  models: Record<string, { score: number }>;
}

describe('evaluate', () => {
  const folder = temporaryFolder();
  const at = (...path: string[]) => join(folder.path, ...path);
  const few = ['--data', at('data'), '--encoder', 'hash', '--limit-train', '60'];
  const router = at('run', 'routers', 'flat.knn.seed42');
  const evaluate = (out: string, ...args: string[]) =>
    routeprofile(['evaluate', ...few, '--router', router, '--out', at(out), ...args]);

  /** A file of test rows made from the dataset's own. */
  const testRows = (name: string, change: (row: Row, i: number) => Row): string => {
    const lines = readFileSync(at('data', 'outcomes.jsonl'), 'utf8').trim().split('\n');
    const rows = lines.slice(0, 6).map((line, i) => change(JSON.parse(line) as Row, i));
    const fresh = rows.map((row) => ({ ...row, id: `new-${row.id}`, query: `${row.query} (again)`, split: 'test' }));
    writeFileSync(at(name), fresh.map((row) => JSON.stringify(row)).join('\n'));
    return at(name);
  };
  const renamed = (row: Row): Row => ({
    ...row,
    models: Object.fromEntries(Object.entries(row.models).map(([model, outcome]) => [`other-${model}`, outcome])),
  });
  /** Each row lacks another model. */
  const holed = (row: Row, i: number): Row => ({
    ...row,
    models: Object.fromEntries(Object.entries(row.models).filter((_, m) => m !== i)),
  });

  beforeAll(async () => {
    expect((await routeprofile(['sample', at('data'), '--quiet'])).code).toBe(0);
    await runReport([...few, '--profile', 'flat', '--router', 'knn:k=5', '--out', at('run')]);
  });
  afterAll(() => folder.remove());

  it('compares with what a run compares with, to the last digit', async () => {
    const { code, stdout, stderr } = await evaluate('evaluation', '--json', '--quiet');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const evaluated = runReportSchema.parse(JSON.parse(stdout));
    const run = runReportSchema.parse(JSON.parse(readFileSync(at('run', 'report.json'), 'utf8')));
    expect(Object.keys(evaluated.baselines)).toEqual(expect.arrayContaining(['task-table', 'knn']));
    expect(evaluated.baselines).toEqual(run.baselines);
    expect(evaluated.rows.map(({ metrics }) => metrics)).toEqual(run.rows.map(({ metrics }) => metrics));
    const compared = await routeprofile(['compare', at('run'), at('evaluation'), '--json']);
    expect(compared.code).toBe(0);
  });

  it('takes the encoder of the router, and refuses another', async () => {
    const args = ['evaluate', '--data', at('data'), '--limit-train', '60', '--router', router, '--json', '--quiet'];
    const { code, stdout } = await routeprofile([...args, '--out', at('own')]);
    expect(code).toBe(0);
    expect(runReportSchema.parse(JSON.parse(stdout)).encoder).toMatch(/^hash/);
    const other = await routeprofile([...args, '--encoder', 'hash:dimensions=64', '--out', at('other')]);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('not with hash');
  });

  it.each([
    ['rows of other models', renamed, 'The test rows hold no outcome of any candidate'],
    ['rows that each lack a model', holed, 'none of 6 test rows has an outcome of every candidate'],
  ])('of %s is refused, and says why', async (_, change, said) => {
    const test = testRows('rows.jsonl', change);
    const evaluated = await evaluate('refused', '--test', test);
    const ran = await routeprofile(['run', ...few, '--router', 'sim', '--test', test, '--out', at('refused')]);
    for (const { code, stdout, stderr } of [evaluated, ran]) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^error: /m);
      expect(stderr).toContain(said);
    }
    expect(existsSync(at('refused', 'report.json'))).toBe(false);
  });
});
