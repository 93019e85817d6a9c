import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Problems } from '../../disk/problems.js';
import { isFields, parsePath, recordsAt } from '../paths.js';
import { openJson } from './json.js';
import { beginningOf, JsonSplitter } from './json-split.js';
import { openReader } from './open.js';

const root = mkdtempSync(join(tmpdir(), 'rp-json-'));
afterAll(() => rmSync(root, { recursive: true }));

const PATHS = ['', 'results', 'results.results', 'eval.*', '*'];
const inPieces = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));

const key = fc
  .oneof(fc.constantFrom('results', 'eval', 'a"b', 'x\\y'), fc.string({ maxLength: 5 }))
  .filter((name) => name !== '__proto__');
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.integer(),
      fc.string({ unit: fc.constantFrom(...'a"\\,[]{}:\n é') }),
      fc.constantFrom(true, false, null),
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
})).value;

describe('a JSON document that is cut into records while it streams', () => {
  it('gives the records that a parser finds at the path, however it is cut into pieces and indented', () => {
    fc.assert(
      fc.property(
        json,
        fc.constantFrom(...PATHS),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(undefined, 2),
        (value, place, size, indent) => {
          const path = parsePath(place)!;
          const splitter = new JsonSplitter(path, 'a.json');
          const text = JSON.stringify(value, null, indent);
          const found = [...inPieces(text, size).flatMap((piece) => splitter.push(piece)), ...splitter.finish()];
          expect(found.map((piece) => JSON.parse(piece.text) as unknown)).toEqual([...recordsAt(value, path)]);
          expect(splitter.documents).toBe(1);
          // What is left is JSON as well, with as many lines.
          expect(() => JSON.parse(splitter.rest) as unknown).not.toThrow();
          expect(splitter.rest.split('\n')).toHaveLength(text.split('\n').length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('says the line in which each record begins', () => {
    const splitter = new JsonSplitter([], 'a.json');
    const found = splitter.push('[\n{"a":\n1},\n\n{"a": 2}\n]');
    expect(found.map(({ line }) => line)).toEqual([2, 5]);
  });

  it('is known by its beginning, which holds as much of it as is whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ a: json, b: fc.string() }), { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (items, share) => {
          const text = JSON.stringify({ items });
          const [value] = beginningOf(text.slice(0, Math.round(share * text.length)));
          const found = isFields(value) && Array.isArray(value['items']) ? (value['items'] as unknown[]) : [];
          expect(found.slice(0, -1)).toEqual(items.slice(0, Math.max(0, found.length - 1)));
          expect(beginningOf(text)).toEqual([{ items }]);
        },
      ),
    );
  });

  it('is known by its beginning as far as it is not deeper than JSON may be', () => {
    expect(beginningOf(`{"a": 1}${'['.repeat(1 << 20)}`)).toEqual([{ a: 1 }]);
  });
});

describe('JSON files', () => {
  const read = async (name: string, text: string | Uint8Array, place = '') => {
    const path = join(root, name);
    writeFileSync(path, text);
    const reader = await openReader(path, {}, new Problems());
    const records: unknown[] = [];
    for await (const { fields, outer } of reader.records(parsePath(place)!)) records.push([fields, outer]);
    return records;
  };

  it('give records with what stands around them, which may come after them', async () => {
    expect(await read('a.json', '{"rows": [{"x": 1}, [{"x": 2}]], "model": "m"}', 'rows')).toEqual([
      [{ x: 1 }, { rows: [0, [0]], model: 'm' }],
      [{ x: 2 }, { rows: [0, [0]], model: 'm' }],
    ]);
    expect(await read('a.jsonl', '{"model": "m", "rows": [{"x": 1}]}\n\n{"rows": {"x": 2}}\n', 'rows')).toEqual([
      [{ x: 1 }, { model: 'm', rows: [{ x: 1 }] }],
      [{ x: 2 }, { rows: { x: 2 } }],
    ]);
  });

  it('are read as lines under the wrong name, and when packed', async () => {
    const lines = '{"x": 1}\n{"x": 2}\n';
    const both = [[{ x: 1 }, {}], [{ x: 2 }, {}]]; // prettier-ignore
    expect(await read('a.json', lines)).toEqual(both);
    expect(await read('b.json', '{"r": [{"x": 1}]}\n{"r": {"x": 2}}', 'r')).toHaveLength(2);
    for (const name of ['a.jsonl.gz', 'a.json.gz', 'a.jsonl']) expect(await read(name, gzipSync(lines))).toEqual(both);
  });

  it('keep every digit of integers that are too long for a double', async () => {
    const text =
      '{"id": 9007199254740993, "list": [-12345678901234567890,1], "x": 0.1234567890123456, "y": 1e22, "z": 9007199254740991}';
    const fields = {
      id: '9007199254740993',
      list: ['-12345678901234567890', 1],
      x: 0.1234567890123456,
      y: 1e22,
      z: 9007199254740991,
    };
    const quoted = '{"a": "say \\"9007199254740993\\": 9007199254740993", "b": 12345678901234567.5}';
    for (const name of ['long.jsonl', 'long.json']) {
      expect(await read(name, text)).toEqual([[fields, {}]]);
      expect(await read(name, quoted)).toEqual([[JSON.parse(quoted), {}]]);
    }
  });

  it.each<[string, string, RegExp, string]>([
    ['a.json', '[{"x": 1},\n{"x": }]', /line 2, column 7/, 'BAD_INPUT'],
    ['a.json', '[{"x": 1} {"x": 2}]', /line 1/, 'BAD_INPUT'],
    ['a.json', '[{"x": 1}', /the text ends inside an array/, 'CORRUPT_FILE'],
    ['a.json', '[{"x": 1}, {"x"', /ends inside a record that began in line 1/, 'CORRUPT_FILE'],
    ['a.json', '{"x": 1, "x": 2}', /occurs twice/, 'BAD_INPUT'],
  ])('refuse %s %j', async (name, text, message, code) => {
    await expect(read(name, text)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('refuses a packed file that is cut short', async () => {
    const packed = gzipSync('{"x": 1}\n'.repeat(1000));
    await expect(read('cut.jsonl.gz', packed.subarray(0, packed.length - 20))).rejects.toMatchObject({
      code: 'CORRUPT_FILE',
    });
  });

  it('hold no more than what stands around the records', async () => {
    const record = `{"text": "${'x'.repeat(1000)}"}`;
    async function* text(): AsyncGenerator<string> {
      yield '{"rows": [';
      for (let i = 0; i < 20_000; i++) yield await Promise.resolve(i === 0 ? record : `,${record}`);
      yield ']}';
    }
    const splitter = new JsonSplitter(['rows'], 'a.json');
    let count = 0;
    for await (const piece of text()) count += splitter.push(piece).length;
    expect([count, splitter.rest.length < 50_000]).toEqual([20_000, true]);
    const reader = await openJson(text, 'a.json', {});
    expect(await reader.header(['rows'])).toEqual(['text']);
  });
});
