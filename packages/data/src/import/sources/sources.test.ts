import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../../disk/testing.js';
import { importOutcomes, type ImportOptions } from '../import.js';
import { csv, jsonl, Workbench } from '../testing.js';
import { pathPattern } from './glob.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

const put = (files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(bench.dir, name)), { recursive: true });
    writeFileSync(join(bench.dir, name), text);
  }
};
const importFrom = (path: string, options: ImportOptions = {}) =>
  importOutcomes(join(bench.dir, path), bench.out, options);
const scored = (score: number) => jsonl({ question: 'Why?', score });

describe('patterns of paths', () => {
  const name = fc.string({ unit: fc.constantFrom(...'abc-._+()$^'), minLength: 1, maxLength: 8 });

  it('fit a path of plain names, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1, maxLength: 4 }),
        fc.array(name, { minLength: 1, maxLength: 4 }),
        (a, b) => {
          expect(pathPattern(a.join('/')).matches(b.join('/'))).toBe(a.join('/') === b.join('/'));
        },
      ),
    );
  });

  it('find in a path what was put into it', () => {
    fc.assert(
      fc.property(name, name, fc.array(name, { maxLength: 3 }), (model, task, folders) => {
        const path = [...folders, model, `samples=${task}=7.jsonl`].join('/');
        expect(pathPattern('{model}/samples={task}=*.jsonl').values(path)).toEqual({ model, task });
      }),
    );
  });

  it.each<[string, string, boolean]>([
    ['a/*.jsonl', 'a/b.jsonl', true],
    ['a/*.jsonl', 'a/b/c.jsonl', false],
    ['a/**/*.jsonl', 'a/b/c.jsonl', true],
    ['a/**/*.jsonl', 'a/c.jsonl', true],
    ['a/?.{json,jsonl}', 'a/b.json', true],
    ['a/?.{json,jsonl}', 'a/bb.json', false],
    ['[!a].csv', 'b.csv', true],
    ['[!a].csv', 'a.csv', false],
  ])('%s fits %s: %s', (pattern, path, fits) => {
    expect(pathPattern(pattern).matches(path)).toBe(fits);
  });

  it.each(['a{b', 'a[b', '{x}/{x}'])('are not %s', (text) => {
    expect(() => pathPattern(text)).toThrow(/is not closed|twice/);
  });
});

describe('several files at once', () => {
  it('are those of a folder or a pattern, with values from their paths by a pattern', async () => {
    put({
      'runs/a/sums.jsonl': scored(1),
      'runs/b/sums.jsonl': scored(0),
      'runs/b/.hidden.jsonl': '{',
      'runs/notes.md': '#',
    });
    for (const path of ['runs', 'runs/*/*.jsonl', 'runs/**/*.json*']) {
      const result = await importFrom(path, { fromPath: { model: '{model}/{task}.jsonl' }, replace: true });
      expect(bench.rows()).toEqual([
        { id: 'q1', task: 'sums', query: 'Why?', models: { a: { score: 1 }, b: { score: 0 } } },
      ]);
      expect(result.files).toBe(2);
      expect(result.warnings).toEqual(['From the paths: {model} and {task} of the paths {model}/{task}.jsonl.']);
    }
  });

  it('say the rule by which a value is guessed from their paths', async () => {
    put({ 'runs/a/2025.jsonl': scored(1), 'runs/b/2026.jsonl': scored(0) });
    const { warnings } = await importFrom('runs', { fromPath: { model: 'path' } });
    expect(bench.rows()[0]!.models).toEqual({ a: { score: 1 }, b: { score: 0 } });
    expect(warnings).toEqual(['From the paths: the model in the folder of each path, such as a.']);
  });

  it('are not a query, unless an engine is named', async () => {
    for (const sql of ["SELECT * FROM 'runs/*.csv'", 'with x as (select 1) select * from x'])
      expect(await failureOf(() => importOutcomes(sql, bench.out))).toMatchObject({
        code: 'BAD_OPTION',
        hint: expect.stringContaining('--engine duckdb') as string,
      });
  });

  it('leave out what is not like the others in a folder, and name it', async () => {
    const battle = (id: number) => ({ id, prompt: `Say ${id}.`, model_a: 'a', model_b: 'b', winner: 'model_a' });
    put({ 'x/battles.jsonl': jsonl(battle(1), battle(2)), 'x/notes.csv': csv('note', 'hello') });
    const { rows, warnings } = await importFrom('x');
    expect(rows).toBe(2);
    expect(warnings[1]).toMatch(/^1 file was passed over, not being of the same kind: .*notes\.csv\.$/);
  });

  it.each<[string, ImportOptions, string, RegExp]>([
    ['none/*.jsonl', {}, 'MISSING_FILE', /none/],
    ['runs/*.csv', {}, 'MISSING_FILE', /fits no file/],
    ['empty', {}, 'MISSING_FILE', /a folder without a file/],
    ['runs', { fromPath: { model: '{task}.jsonl' } }, 'BAD_OPTION', /does not say where the model is/],
    ['runs', { fromPath: { model: 'x_{model}.jsonl' } }, 'BAD_OPTION', /a\.jsonl: does not fit x_\{model\}/],
    ['runs', { fromPath: { model: 'path', task: 'path' } }, 'BAD_INPUT', /the paths differ in no part/],
  ])('refuses %s %j', async (path, options, code, message) => {
    put({ 'runs/a.jsonl': scored(1), 'empty/x.md': '' });
    const error = await failureOf(() => importFrom(path, options));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
  });
});

describe('records within JSON', () => {
  const log = {
    version: 2,
    model: 'a',
    results: { rows: [{ vars: { q: 'Why?' }, grades: { x: { value: null }, y: { value: 0.5 } } }] },
  };

  it('are found by paths, as are their values and those around them', async () => {
    put({ 'a.json': JSON.stringify(log), 'b.json': JSON.stringify({ ...log, model: 'b' }) });
    const { columns } = await importFrom('*.json', {
      records: 'results.rows',
      columns: { query: 'vars.q', model: 'model', score: 'grades.*.value' },
    });
    expect(bench.rows()).toEqual([{ id: 'q1', query: 'Why?', models: { a: { score: 0.5 }, b: { score: 0.5 } } }]);
    expect(columns).toEqual({ query: 'vars.q', model: 'model', score: 'grades.*.value' });
  });

  it('are found by themselves where there is one list of them, and asked for where there are several', async () => {
    const columns = { query: 'vars.q', score: 'grades.y.value', model: 'model' };
    put({ 'a.json': JSON.stringify(log) });
    expect((await importFrom('a.json', { columns })).rows).toBe(1);
    put({ 'b.json': JSON.stringify({ ...log, tests: [{ x: 1 }] }) });
    const error = await failureOf(() => importFrom('b.json', { columns, replace: true }));
    expect(error.message).toMatch(/several lists of records: results\.rows, tests/);
    expect(error.hint).toContain('--records results.rows');
  });

  it.each<[ImportOptions, RegExp]>([
    [{ records: 'a[0]' }, /names keys, not items/],
    [{ records: 'a..b' }, /is not a path/],
    [{ records: 'none' }, /holds no rows/],
    [{ records: 'results.rows', columns: { query: 'vars.none' } }, /no column "vars.none"/],
    [{ preset: 'nonsense' }, /none called "nonsense"/],
  ])('refuses %j', async (options, message) => {
    put({ 'a.json': JSON.stringify(log) });
    expect((await failureOf(() => importFrom('a.json', options))).message).toMatch(message);
  });
});
