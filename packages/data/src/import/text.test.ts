import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImportOptions } from './import.js';
import { failureOf } from '../disk/testing.js';
import { csv, Workbench } from './testing.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

describe('the text of a table', () => {
  const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

  it('never replaces what it cannot read: it names the likely encoding, and reads it when told', async () => {
    const bytes = latin(csv('query,model,score', 'Espa\xf1ol,mod\xe8le,1', 'Espa\xf1ol,mod\xe9le,0'));
    const error = await bench.refused('a.csv', bytes);
    expect(error.message).toMatch(/a\.csv: line 2: is not UTF-8 text; it looks like windows-1252/);
    expect(error.hint).toContain('--encoding windows-1252');
    const { models } = await bench.import('a.csv', bytes, { encoding: 'windows-1252' });
    expect(models).toEqual(['modèle', 'modéle']);
  });

  it.each<[string, BufferEncoding, string, ImportOptions]>([
    ['a byte order mark of UTF-16', 'utf16le', '\ufeff', {}],
    ['a byte order mark of UTF-8', 'utf8', '\ufeff', {}],
    ['UTF-16 when told', 'utf16le', '', { encoding: 'utf-16le' }],
  ])('reads %s, and lines that end in CRLF', async (_, encoding, mark, options) => {
    const text = `${mark}query,model,score\r\nñandú,a,1\r\nñandú,b,0\r\n`;
    await bench.import('a.csv', Buffer.from(text, encoding), options);
    expect(bench.rows()).toEqual([{ id: 'q1', query: 'ñandú', models: { a: { score: 1 }, b: { score: 0 } } }]);
  });

  it('refuses UTF-16 that nothing tells of, and an encoding that the mark contradicts', async () => {
    const text = csv('query,model,score', 'one,a,1');
    const silent = await bench.refused('a.csv', Buffer.from(text, 'utf16le'));
    expect(silent.hint).toContain('--encoding utf-16le');
    const marked = await bench.refused('a.csv', `\ufeff${text}`, { encoding: 'windows-1252' });
    expect(marked.message).toMatch(/byte order mark of utf-8, not windows-1252/);
    expect((await failureOf(() => bench.import('a.csv', text, { encoding: 'klingon' }))).code).toBe('BAD_OPTION');
  });

  it.each([
    'query;model;score\n"one; two, three";a;0,5\n"one; two, three";b;1,0\n',
    'sep=;\nquery;model;score\n"one; two, three";a;0,5\n"one; two, three";b;1,0\n',
    'query\tmodel\tscore\none; two, three\ta\t0,5\none; two, three\tb\t1\n',
    'query|model|score\none; two, three|a|0.5\none; two, three|b|1\n',
  ])('recognises what divides cells, and decimal commas: %j', async (text) => {
    const { warnings } = await bench.import('a.csv', text);
    expect(bench.rows()).toEqual([
      { id: 'q1', query: 'one; two, three', models: { a: { score: 0.5 }, b: { score: 1 } } },
    ]);
    expect(warnings.some((warning) => warning.includes('decimal comma'))).toBe(text.includes('0,5'));
  });

  it('divides cells by what is given, whatever the header looks like', async () => {
    const text = 'query^model,name^score\none^a^1\none^b^0\n';
    await bench.import('a.csv', text, { delimiter: '^', columns: { model: 'model,name' } });
    expect(bench.rows()[0]!.models).toEqual({ a: { score: 1 }, b: { score: 0 } });
    expect((await failureOf(() => bench.import('b.csv', text, { delimiter: '::' }))).code).toBe('BAD_OPTION');
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
    expect((await bench.refused('a.csv', text)).message).toMatch(message);
    await bench.import('a.csv', text, options);
    expect(bench.rows()[0]!.models['a']).toEqual(outcome);
  });

  it('points to the flag where a decimal comma stands in a quoted cell', async () => {
    const text = csv('query,model,score', 'one,a,"0,5"', 'one,b,1');
    expect((await bench.refused('a.csv', text)).message).toContain('--decimal comma');
    await bench.import('a.csv', text, { decimal: 'comma' });
    expect(bench.rows()[0]!.models['a']).toEqual({ score: 0.5 });
  });

  it.each<[string, string, RegExp]>([
    ['a.jsonl', '{}\n', /holds no rows, or rows without any field/],
    ['a.jsonl', '', /holds no rows/],
    ['a.csv', '', /holds no rows/],
    ['a.json', '', /holds no rows/],
    ['a.json', '[]', /holds no rows/],
    ['a.json', '{"rows":[]}', /no column "query" .*its columns are rows/],
    ['a.json', '[{"query":"one"},7]', /\[1\]: is a number, expected an object/],
    ['a.json', 'null', /\[0\]: is null, expected an object/],
    ['a.csv', 'query,,score\n0,a,1\n', /line 1: column 2 of 3 has no name/],
    ['a.csv', '\n\nquery,score,score\none,a,1\n', /line 3: the column "score" occurs twice/],
    ['a.csv', 'query,model;score\none,a;1\n', /line 1: what divides the cells cannot be told/],
  ])('refuses %s %j by name', async (name, text, message) => {
    expect((await bench.refused(name, text)).message).toMatch(message);
  });

  it('names every ragged row with its line', async () => {
    const error = await bench.refused(
      'a.csv',
      csv('query,model,score', '"one\nline",a,1', 'two,a', 'three,b,1,9', 'four,a,1'),
    );
    expect(error.details.map((detail) => detail.slice(bench.dir.length + 1))).toEqual([
      'a.csv: line 4: has 2 cells, expected 3, one per column',
      'a.csv: line 5: has 4 cells, expected 3, one per column',
    ]);
  });
});
