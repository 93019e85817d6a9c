import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { RouteProfileError } from '@routeprofile/schema';
import { loadDataset } from '../dataset/load.js';
import { importOutcomes, type ImportedOutcomes, type ImportOptions } from './import.js';

const root = mkdtempSync(join(tmpdir(), 'rp-exports-'));
afterAll(() => rmSync(root, { recursive: true }));
let dir = '';
let count = 0;
beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(dir);
});

const run = async (
  name: string,
  content: string | Uint8Array,
  options: ImportOptions = {},
): Promise<ImportedOutcomes> => {
  writeFileSync(join(dir, name), content);
  return importOutcomes(join(dir, name), join(dir, 'out'), options);
};
const rowsOf = () =>
  readFileSync(join(dir, 'out', 'outcomes.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; query: string; split?: string; models: Record<string, object> });
const failure = async (action: () => Promise<unknown>): Promise<RouteProfileError> => {
  try {
    await action();
  } catch (error) {
    if (RouteProfileError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};
const refused = async (name: string, content: string | Uint8Array, options: ImportOptions = {}) => {
  const error = await failure(() => run(name, content, options));
  expect(readdirSync(dir)).toEqual([name]);
  return error;
};
const csv = (...lines: string[]) => `${lines.join('\n')}\n`;
const jsonl = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

describe('queries and their ids', () => {
  it('keeps queries apart whose id starts again with each task', async () => {
    const { rows, warnings } = await run(
      'a.csv',
      csv(
        'id,task,query,model,score',
        '7,law,Who sues?,a,1',
        '7,law,Who sues?,b,0',
        '7,art,Who paints?,a,0',
        '7,art,Who paints?,b,1',
      ),
    );
    expect(rows).toBe(2);
    expect(rowsOf().map(({ id, query }) => [id, query])).toEqual([
      ['law:7', 'Who sues?'],
      ['art:7', 'Who paints?'],
    ]);
    expect(warnings).toEqual([expect.stringMatching(/^1 id stands for queries of different text or task \(7\)/)]);
    await loadDataset(join(dir, 'out'));
  });

  it('never merges one id with several texts, even within a task, nor gives an id twice', async () => {
    await run(
      'a.csv',
      csv('id,query,model,score', '1,one,a,1', '1,one,b,0', '1,two,a,0', '1,two,b,1', '1#2,three,a,1', '1#2,three,b,1'),
    );
    expect(rowsOf().map(({ id }) => id)).toEqual(['1', '1#2', '1#2#2']);
  });

  it('puts calls with ids of their own together by their text and task, and says so', async () => {
    const { rows, warnings } = await run(
      'a.csv',
      csv('call_id,query,model,score', 'x1,one,a,1', 'x2,one,b,0', 'x3,two,a,0', 'x4,two,b,1', 'x5,three,a,0'),
    );
    expect(rows).toBe(3);
    expect(warnings).toEqual(['4 calls of 2 queries were put together by their text, though their ids differ.']);
    expect(rowsOf()[0]).toEqual({ id: 'x1', query: 'one', models: { a: { score: 1 }, b: { score: 0 } } });
  });

  it('averages a model that answered a query several times, and says of how many', async () => {
    const { warnings } = await run('a.csv', csv('query,model,score', 'one,a,1', 'one,a,0', 'one,a,0', 'one,b,0'));
    expect(rowsOf()[0]!.models['a']).toEqual({ score: 1 / 3 });
    expect(warnings).toEqual(['2 outcomes of a model on the same query as before, in 4 calls: they are averaged.']);
  });

  it('says when the answers of one query differ', async () => {
    const { warnings } = await run('a.csv', csv('query,model,score,answer', 'one,a,1,4', 'one,b,0,five'));
    expect(warnings).toEqual([expect.stringMatching(/^1 query has rows that differ in "answer".*--answer/)]);
  });

  it('reads messages, objects with messages and JSON texts of them as their query', async () => {
    const image = { type: 'image_url', image_url: { url: 'data:,' } };
    const messages = (text: string) => [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: [{ type: 'text', text }, image] },
    ];
    const { rows, warnings, columns } = await run(
      'a.jsonl',
      jsonl(
        { messages: messages('one'), model: 'a', score: 1 },
        { messages: JSON.stringify(messages('one')), model: 'b', score: 0 },
        { messages: { messages: messages('two') }, model: 'a', score: 1 },
        { messages: [{ type: 'text', text: 'two' }], model: 'b', score: 1 },
        { messages: '{"json": "of another kind"}', model: 'b', score: 1 },
      ),
    );
    expect([rows, columns.query]).toEqual([3, 'messages']);
    expect(rowsOf().map(({ query }) => query)).toEqual(['one', 'two', '{"json": "of another kind"}']);
    expect(warnings[0]).toMatch(/^3 parts of messages that are no text .* left out of 3 calls/);
  });

  it('refuses a query cell without text of a user', async () => {
    const error = await refused(
      'a.jsonl',
      jsonl({ query: [{ role: 'assistant', content: 'Hi.' }], model: 'a', score: 1 }),
    );
    expect(error.message).toMatch(/line 1: query: is an array without text of a user/);
  });
});

describe('which column is what', () => {
  it('understands the usual spellings, and names what is not used', async () => {
    const { columns, unused } = await run(
      'a.jsonl',
      jsonl(
        {
          Prompt: 'one',
          'Model Name': 'a',
          grade: 1,
          promptTokens: 3,
          completion_tokens: 4,
          costUSD: 0.1,
          latencyMs: 1500,
          region: 'eu',
        },
        {
          Prompt: 'one',
          'Model Name': 'b',
          grade: 0,
          promptTokens: 3,
          completion_tokens: 5,
          costUSD: 0.2,
          latencyMs: 500,
          user: 'x',
        },
      ),
    );
    expect(columns).toEqual({
      ...{ query: 'Prompt', model: 'Model Name', score: 'grade', inputTokens: 'promptTokens' },
      ...{ outputTokens: 'completion_tokens', cost: 'costUSD', latency: 'latencyMs' },
    });
    expect(unused).toEqual(['region', 'user']);
    expect(rowsOf()[0]!.models['a']).toEqual({ score: 1, inputTokens: 3, outputTokens: 4, cost: 0.1, latency: 1.5 });
  });

  it.each<[string, ImportOptions]>([
    [csv('query,model,delay_ms,status', 'one,a,800,200', 'one,b,700,200'), {}],
    [csv('query,model,delay_ms,status', 'one,a,800,200', 'one,b,700,200'), { columns: { model: 'model' } }],
    [csv('query,engine,delay_ms,status', 'one,a,800,200', 'one,b,700,200'), { columns: { model: 'engine' } }],
  ])('names the missing score column of a table with a model column %#', async (text, options) => {
    const error = await refused('a.csv', text, options);
    expect(error.message).toMatch(/no column "score".*delay_ms, status/);
    expect(error.hint).toContain('--score');
  });

  it.each<[string, RegExp]>([
    ['query,a,b,status', /"status" does not look like scores/],
    ['query,a,latency,http_status,seed', /"http_status", "seed" do not look like scores/],
    ['query,score,a,b', /has the column "score" of a table with a row per call, but no column of the model/],
  ])('does not take other numbers for models: %s', async (header, message) => {
    const cells = header.split(',').map((_, i) => (i === 0 ? 'one' : '1'));
    const error = await refused('a.csv', csv(header, cells.join(',')));
    expect(error.message).toMatch(message);
    expect(error.hint).toContain('--models');
  });

  it('takes the models that are named, whatever they are called, and says what it took', async () => {
    const { models, warnings, unused } = await run('a.csv', csv('query,status,time-1b,latency', 'one,1,0,3'), {
      models: ['status', 'time-1b'],
    });
    expect(models).toEqual(['status', 'time-1b']);
    expect(unused).toEqual(['latency']);
    expect(warnings).toEqual([expect.stringMatching(/2 columns taken as the scores of models: status, time-1b/)]);
  });

  it('says which of several scores it took', async () => {
    const text = csv('query,model,thumbs,judge', 'one,a,up,0.5', 'one,b,down,0.25');
    const first = await run('a.csv', text);
    expect(first.warnings[0]).toBe(
      'The score is read from "thumbs"; "judge" looks like one too (--score COLUMN takes another).',
    );
    expect(first.unused).toEqual(['judge']);
    await run('a.csv', text, { columns: { score: 'judge' }, force: true });
    expect(rowsOf()[0]!.models).toEqual({ a: { score: 0.5 }, b: { score: 0.25 } });
  });
});

describe('scores, units and times', () => {
  it.each([
    ['up', 'down'],
    ['👍🏽', '👎'],
    ['PASS', 'FAIL'],
    ['C', 'I'],
    ['yes', 'no'],
    ['thumbs_up', 'thumbs-down'],
    ['positive', 'negative'],
    ['correct', 'incorrect'],
  ])('reads scores in words: %s and %s', async (right, wrong) => {
    const { warnings } = await run('a.csv', csv('query,model,score', `one,a,${right}`, `one,b,${wrong}`));
    expect(rowsOf()[0]!.models).toEqual({ a: { score: 1 }, b: { score: 0 } });
    expect(warnings).toEqual([`Scores in words: ${right} = 1 (1), ${wrong} = 0 (1).`]);
  });

  it('refuses scores beyond 1 without a scale, naming their range and the flag', async () => {
    const error = await refused('a.csv', csv('query,model,grade', 'one,a,9', 'one,b,4.5'));
    expect(error.message).toMatch(/scores in "grade" run from 4.5 to 9/);
    expect(error.hint).toContain('--scale 0-10');
  });

  it('names the model whose scores are on another scale than the others', async () => {
    const error = await refused('a.csv', csv('query,model,score', 'one,a,85', 'one,b,0.5'));
    expect(error.message).toMatch(/run from 85 to 85 for a, and within 0 to 1 for b/);
    const { warnings } = await run('a.csv', csv('query,model,score', 'one,a,85', 'one,b,0.5'), { scale: 'percent' });
    expect(warnings).toEqual([expect.stringMatching(/^All scores of b lie within 0 to 1/)]);
  });

  it.each<[string, ImportOptions, unknown]>([
    ['4.5', { scale: '0-10' }, 0.45],
    ['2', { scale: '1-5' }, 0.25],
    ['45', { scale: 'percent' }, 0.45],
    ['45', { scoreScale: 100 }, 0.45],
    ['45 %', {}, 0.45],
    ['45%', { scale: 'percent' }, 0.45],
    ['-3', { scale: 'as-is' }, -3],
    ['pass', { scale: '0-10' }, 1],
  ])('puts a score of %s with %j to 0 to 1', async (cell, options, score) => {
    await run('a.csv', csv('query,model,score', `one,a,${cell}`, 'one,b,1'), options);
    expect(rowsOf()[0]!.models['a']).toEqual({ score });
  });

  it.each<[string, ImportOptions]>([
    ['11', { scale: '0-10' }],
    ['0', { scale: '1-5' }],
    ['145 %', {}],
    ['-1', {}],
  ])('refuses a score of %s with %j', async (cell, options) => {
    const error = await refused('a.csv', csv('query,model,score', `one,a,${cell}`, 'one,b,1'), options);
    expect(error.code).toBe('BAD_INPUT');
  });

  it('refuses a table without a single score', async () => {
    const error = await refused('a.csv', csv('query,model,score', 'one,a,', 'one,b,'));
    expect(error.message).toMatch(/has no score at all: the column "score" is empty in every row/);
  });

  it('counts what was not measured, and names a model that never was', async () => {
    const { warnings } = await run('a.csv', csv('query,model,score', 'one,a,1', 'one,b,', 'two,a,', 'two,b,'));
    expect(warnings).toEqual([
      '3 outcomes without a score, in 4 calls: they count as not measured.',
      'No score at all: b.',
    ]);
  });

  it.each<[string, ImportOptions, number]>([
    ['latency_ms', {}, 0.82],
    ['delayMs', {}, 0.82],
    ['latency', { latencyUnit: 'ms' }, 0.82],
    ['latency_s', {}, 820],
    ['latency_ms', { latencyUnit: 's' }, 820],
  ])('reads the unit of %s with %j', async (name, options, latency) => {
    const { warnings } = await run('a.csv', csv(`query,model,score,${name}`, 'one,a,1,820', 'one,b,1,820'), options);
    expect(rowsOf()[0]!.models['a']).toEqual({ score: 1, latency });
    expect(warnings).toEqual([]);
  });

  it('doubts latencies of minutes whose unit nothing says', async () => {
    const { warnings } = await run('a.csv', csv('query,model,score,latency', 'one,a,1,820', 'one,b,1,900'));
    expect(warnings).toEqual([expect.stringMatching(/mean is 860 s.*--latency-unit ms/)]);
  });

  const timed = (stamp: (day: number) => string | number) =>
    csv(
      'query,model,score,created_at',
      ...[3, 1, 4, 2].flatMap((day) => [`day ${day},a,1,${stamp(day)}`, `day ${day},b,0,${stamp(day)}`]),
    );

  it.each<[string, (day: number) => string | number]>([
    ['ISO 8601', (day) => `2026-03-0${day}T10:00:00Z`],
    ['seconds', (day) => Date.UTC(2026, 2, day, 10) / 1000],
    ['milliseconds', (day) => Date.UTC(2026, 2, day, 10)],
    ['a zone', (day) => `2026-03-0${day} 12:00:00+0200`],
  ])('splits by time: older rows train, newer rows test (%s)', async (_, stamp) => {
    const { warnings } = await run('a.csv', timed(stamp), { splitByTime: 0.7 });
    expect(rowsOf().map(({ query, split }) => [query, split])).toEqual([
      ['day 3', 'train'],
      ['day 1', 'train'],
      ['day 4', 'test'],
      ['day 2', 'train'],
    ]);
    expect(warnings).toEqual([
      'Split by time: 3 queries before 2026-03-04T10:00:00Z for training, 1 query from then on for testing.',
    ]);
  });

  it('refuses a split by time without times, or with some that cannot be read', async () => {
    const none = await refused('a.csv', csv('query,model,score', 'one,a,1', 'one,b,1'), { splitByTime: 0.5 });
    expect(none.message).toMatch(/has no column of times/);
    const bad = await refused('a.csv', csv('query,model,score,ts', 'one,a,1,noon', 'one,b,1,'), { splitByTime: 0.5 });
    expect(bad.details).toEqual([
      expect.stringMatching(/line 2: ts: is "noon", expected a time/),
      expect.stringMatching(/line 3: ts: is empty/),
    ]);
    const same = await refused('a.csv', csv('query,model,score,ts', 'one,a,1,2026-01-01', 'two,b,1,2026-01-01'), {
      splitByTime: 0.5,
    });
    expect(same.message).toMatch(/all queries have the same time/);
  });

  it('takes a production log with one model per query, and says what it is', async () => {
    const lines = Array.from({ length: 10 }, (_, i) => `question ${i},${i % 2 ? 'a' : 'b'},${i === 3 ? '' : i % 2}`);
    const { warnings, rows } = await run('a.csv', csv('query,model,score', ...lines));
    expect(rows).toBe(10);
    expect(warnings.at(-1)).toMatch(
      /^This is a production log: each of its 10 queries was answered by one model, 9 of 10 with a score\..*b 0\.00 on 5, a 1\.00 on 4/,
    );
  });
});

describe('the text of a table', () => {
  const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

  it('never replaces what it cannot read: it names the likely encoding, and reads it when told', async () => {
    const bytes = latin(csv('query,model,score', 'Espa\xf1ol,mod\xe8le,1', 'Espa\xf1ol,mod\xe9le,0'));
    const error = await refused('a.csv', bytes);
    expect(error.message).toMatch(/a\.csv: line 2: is not UTF-8 text; it looks like windows-1252/);
    expect(error.hint).toContain('--encoding windows-1252');
    const { models } = await run('a.csv', bytes, { encoding: 'windows-1252' });
    expect(models).toEqual(['modèle', 'modéle']);
  });

  it.each<[string, BufferEncoding, string, ImportOptions]>([
    ['a byte order mark of UTF-16', 'utf16le', '\ufeff', {}],
    ['a byte order mark of UTF-8', 'utf8', '\ufeff', {}],
    ['UTF-16 when told', 'utf16le', '', { encoding: 'utf-16le' }],
  ])('reads %s, and lines that end in CRLF', async (_, encoding, mark, options) => {
    const text = `${mark}query,model,score\r\nñandú,a,1\r\nñandú,b,0\r\n`;
    await run('a.csv', Buffer.from(text, encoding), options);
    expect(rowsOf()).toEqual([{ id: 'q1', query: 'ñandú', models: { a: { score: 1 }, b: { score: 0 } } }]);
  });

  it('refuses UTF-16 that nothing tells of, and an encoding that the mark contradicts', async () => {
    const text = csv('query,model,score', 'one,a,1');
    const silent = await refused('a.csv', Buffer.from(text, 'utf16le'));
    expect(silent.hint).toContain('--encoding utf-16le');
    const marked = await refused('a.csv', `\ufeff${text}`, { encoding: 'windows-1252' });
    expect(marked.message).toMatch(/byte order mark of utf-8, not windows-1252/);
    expect((await failure(() => run('a.csv', text, { encoding: 'klingon' }))).code).toBe('BAD_OPTION');
  });

  it.each([
    'query;model;score\n"one; two, three";a;0,5\n"one; two, three";b;1,0\n',
    'sep=;\nquery;model;score\n"one; two, three";a;0,5\n"one; two, three";b;1,0\n',
    'query\tmodel\tscore\none; two, three\ta\t0,5\none; two, three\tb\t1\n',
    'query|model|score\none; two, three|a|0.5\none; two, three|b|1\n',
  ])('recognises what divides cells, and decimal commas: %j', async (text) => {
    const { warnings } = await run('a.csv', text);
    expect(rowsOf()).toEqual([{ id: 'q1', query: 'one; two, three', models: { a: { score: 0.5 }, b: { score: 1 } } }]);
    expect(warnings.some((warning) => warning.includes('decimal comma'))).toBe(text.includes('0,5'));
  });

  it('divides cells by what is given, whatever the header looks like', async () => {
    const text = 'query^model,name^score\none^a^1\none^b^0\n';
    await run('a.csv', text, { delimiter: '^', columns: { model: 'model,name' } });
    expect(rowsOf()[0]!.models).toEqual({ a: { score: 1 }, b: { score: 0 } });
    expect((await failure(() => run('b.csv', text, { delimiter: '::' }))).code).toBe('BAD_OPTION');
  });

  it.each<[string, RegExp, ImportOptions, object]>([
    [
      'query;model;score;cost\none;a;0,5;1.000\none;b;1,0;1\n',
      /numbers with a comma and numbers with a point/,
      { decimal: 'comma' },
      { score: 0.5, cost: 1000 },
    ],
    [
      'query;model;score;tokens\none;a;1;1,234\none;b;1;2,500\n',
      /which may mean 1\.234 or 1234/,
      { decimal: 'point' },
      { score: 1, tokens: 1234 },
    ],
  ])('refuses decimal marks that cannot be told, until they are given: %j', async (text, message, options, outcome) => {
    expect((await refused('a.csv', text)).message).toMatch(message);
    await run('a.csv', text, options);
    expect(rowsOf()[0]!.models['a']).toEqual(outcome);
  });

  it('points to the flag where a decimal comma stands in a quoted cell', async () => {
    const text = csv('query,model,score', 'one,a,"0,5"', 'one,b,1');
    expect((await refused('a.csv', text)).message).toContain('--decimal comma');
    await run('a.csv', text, { decimal: 'comma' });
    expect(rowsOf()[0]!.models['a']).toEqual({ score: 0.5 });
  });

  it.each<[string, string, RegExp]>([
    ['a.jsonl', '{}\n', /holds no rows, or rows without any field/],
    ['a.jsonl', '', /holds no rows/],
    ['a.csv', '', /holds no rows/],
    ['a.json', '', /holds no rows/],
    ['a.json', '[]', /holds no rows/],
    ['a.json', '{"rows":[]}', /is an object, expected an array of rows/],
    ['a.json', '[{"query":"one"},7]', /\[1\]: is a number, expected an object/],
    ['a.json', 'null', /is null, expected an array of rows/],
    ['a.csv', ',model,score\n0,a,1\n', /line 1: column 1 of 3 has no name/],
    ['a.csv', '\n\nquery,score,score\none,a,1\n', /line 3: the column "score" occurs twice/],
    ['a.csv', 'query,model;score\none,a;1\n', /line 1: what divides the cells cannot be told/],
  ])('refuses %s %j by name', async (name, text, message) => {
    expect((await refused(name, text)).message).toMatch(message);
  });

  it('names every ragged row with its line', async () => {
    const error = await refused(
      'a.csv',
      csv('query,model,score', '"one\nline",a,1', 'two,a', 'three,b,1,9', 'four,a,1'),
    );
    expect(error.details.map((detail) => detail.slice(dir.length + 1))).toEqual([
      'a.csv: line 4: has 2 cells, expected 3, one per column',
      'a.csv: line 5: has 4 cells, expected 3, one per column',
    ]);
  });
});

describe('the folder', () => {
  const text = csv('query,model,score', 'one,a,1', 'one,b,0');

  it.each(['outcomes.jsonl', 'meta.json'])('does not replace %s that is there, unless told', async (file) => {
    mkdirSync(join(dir, 'out'));
    writeFileSync(join(dir, 'out', file), '{}\n');
    const error = await failure(() => run('a.csv', text));
    expect([error.code, error.hint]).toEqual(['OUTPUT_UNWRITABLE', expect.stringContaining('--force')]);
    expect(readdirSync(join(dir, 'out'))).toEqual([file]);
    expect(readFileSync(join(dir, 'out', file), 'utf8')).toBe('{}\n');
    await run('a.csv', text, { force: true });
    expect(rowsOf()).toHaveLength(1);
  });

  it('keeps cards of an earlier dataset, and says so', async () => {
    mkdirSync(join(dir, 'out'));
    writeFileSync(join(dir, 'out', 'models.json'), '{}\n');
    const { warnings } = await run('a.csv', text, { force: true });
    expect(warnings).toEqual([expect.stringMatching(/^models\.json of the earlier dataset was kept/)]);
  });
});
