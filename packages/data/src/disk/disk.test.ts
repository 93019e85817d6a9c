import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { RouteProfileError, z } from '@routeprofile/schema';
import { writeError, writeFileAtomic, writeFilesAtomic, writePiecesAtomic } from './files.js';
import { hashBytes, hashJson, hashText } from './hash.js';
import { parseJson, readJsonFile, writeJsonFile } from './json.js';
import { findJsonFault } from './json-scan.js';
import { readJsonLines } from './jsonl.js';
import { failureOf } from './testing.js';

const root = mkdtempSync(join(tmpdir(), 'rp-disk-'));
afterAll(() => rmSync(root, { recursive: true }));
let folder = '';
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(folder);
});

describe('writeFileAtomic', () => {
  it('makes parents, replaces, and leaves nothing but the file', async () => {
    const path = join(folder, 'a', 'b', 'file.txt');
    await writeFileAtomic(path, 'one');
    await writeFileAtomic(path, new Uint8Array([116, 119, 111]));
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['file.txt']);
  });

  it('says OUTPUT_UNWRITABLE where no file can be, and cleans up', async () => {
    writeFileSync(join(folder, 'file'), 'kept');
    mkdirSync(join(folder, 'taken', 'inner'), { recursive: true });
    const under = await failureOf(() => writeFileAtomic(join(folder, 'file', 'x', 'y.txt'), 'no'));
    expect(under.code).toBe('OUTPUT_UNWRITABLE');
    expect(under.message).toContain('y.txt');
    expect((await failureOf(() => writeFileAtomic(join(folder, 'taken'), 'no'))).code).toBe('OUTPUT_UNWRITABLE');
    expect(readdirSync(folder).sort()).toEqual(['file', 'taken']);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept');
  });

  it('tells a wrong place from a broken disk', () => {
    const system = (code: string) => writeError('/x', Object.assign(new Error(code), { code })).code;
    expect(['EACCES', 'EROFS', 'ENOTDIR', 'EISDIR'].map(system)).toEqual(
      Array.from({ length: 4 }, () => 'OUTPUT_UNWRITABLE'),
    );
    expect(['ENOSPC', 'EIO', 'EDQUOT'].map(system)).toEqual(Array.from({ length: 3 }, () => 'WRITE_FAILED'));
    expect(writeError('/x', Object.assign(new Error(), { code: 'ENOSPC' })).hint).toContain('full');
  });

  it('publishes files that belong together only when all are written', async () => {
    const [a, b] = [join(folder, 'a'), join(folder, 'missing', 'b')];
    writeFileSync(a, 'old');
    writeFileSync(join(folder, 'missing'), 'a file in the way');
    await failureOf(() =>
      writeFilesAtomic([
        [a, 'new'],
        [b, 'new'],
      ]),
    );
    expect(readFileSync(a, 'utf8')).toBe('old');
    expect(readdirSync(folder).sort()).toEqual(['a', 'missing']);
  });

  it('drops a stream of pieces that fails half-way', async () => {
    const path = join(folder, 'long.txt');
    await writePiecesAtomic(path, ['a', 'b']);
    const pieces = function* () {
      yield 'x'.repeat(3_000_000);
      throw new RouteProfileError('ABORTED', 'stop');
    };
    expect((await failureOf(() => writePiecesAtomic(path, pieces()))).code).toBe('ABORTED');
    expect(readFileSync(path, 'utf8')).toBe('ab');
    expect(readdirSync(folder)).toEqual(['long.txt']);
  });
});

describe('the hash of a JSON value', () => {
  it('is that of its text with sorted keys, however long', () => {
    const sorted = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(sorted);
      if (typeof value !== 'object' || value === null) return value;
      const members = Object.entries(value).filter(([, member]) => member !== undefined);
      return Object.fromEntries(
        members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]),
      );
    };
    const textOf = (value: unknown) => JSON.stringify(sorted(value));
    const values = fc.anything({
      key: fc.oneof(fc.string(), fc.nat(20).map(String)),
      values: [fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constantFrom(null, undefined, NaN)],
      maxDepth: 4,
    });
    fc.assert(
      fc.property(values, (value) => {
        fc.pre(value !== undefined);
        expect(hashJson(value)).toBe(hashText(textOf(value)));
      }),
    );
    const long = Array.from({ length: 30_000 }, (_, i) => ({ text: `é ${i}`, at: i / 7 }));
    expect(hashJson(long)).toBe(hashText(textOf(long)));
  });
});

describe('files that may never end', () => {
  it.skipIf(process.platform === 'win32')('are refused by name, whoever reads them', async () => {
    const pipe = join(folder, 'pipe.jsonl');
    execFileSync('mkfifo', [pipe]);
    const lines = async (path: string) => {
      for await (const line of readJsonLines(path)) expect(line).toBeUndefined();
    };
    for (const [path, kind] of [
      [pipe, 'a pipe'],
      ['/dev/zero', 'a device'],
      [folder, 'a folder'],
    ] as const)
      for (const read of [lines, (file: string) => readJsonFile(file, z.unknown())]) {
        const error = await failureOf(() => read(path));
        expect([error.code, error.message]).toEqual(['BAD_INPUT', `${path}: is ${kind}, expected a regular file`]);
        expect(error.hint).not.toBe('');
      }
  });
});

describe('hashes', () => {
  it('are SHA-256, and of JSON whatever the order of keys', () => {
    expect(hashText('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(hashBytes(new Uint8Array([97, 98, 99]))).toBe(hashText('abc'));
    expect(hashJson({ a: 1, b: [{ c: 2, d: undefined }] })).toBe(hashJson({ b: [{ c: 2 }], a: 1 }));
    expect(hashJson([1, 2])).not.toBe(hashJson([2, 1]));
  });
});

describe('parseJson', () => {
  it('agrees with JSON.parse on every JSON value', () => {
    const text = fc
      .tuple(fc.jsonValue(), fc.constantFrom(undefined, 2))
      .map(([value, indent]) => JSON.stringify(value, null, indent));
    fc.assert(
      fc.property(text, (json) => {
        fc.pre(!json.includes('__proto__'));
        expect(parseJson(json, 'x')).toEqual(JSON.parse(json));
      }),
    );
  });

  it('refuses whatever JSON.parse refuses', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '"a"',
        '1',
        '-',
        '.5',
        'e3',
        'null',
        'tru',
        ' ',
        '\\',
        '\n',
        'NaN',
      ),
      { maxLength: 12 },
    );
    const parses = (text: string) => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(pieces, (list) => {
        const text = list.join('');
        const fault = findJsonFault(text);
        if (!parses(text)) expect(fault).not.toBeNull();
        else if (fault !== null) expect(fault.message).toContain('twice');
      }),
      { numRuns: 2000 },
    );
  });

  it('calls every cut of a document truncated, at its end', () => {
    const text = '{"a": [1, true, null, "x\\u00e9\\n"], "b": {"c": -2.5e3}}';
    for (let length = 1; length < text.length; length++) {
      const fault = findJsonFault(text.slice(0, length));
      expect(fault?.message).toBeDefined();
      // A number cut after its point or exponent cannot be told from a typing error.
      if (!/[.eE+-]$/.test(text.slice(0, length)))
        expect([text.slice(0, length), fault?.truncated]).toEqual([text.slice(0, length), true]);
    }
  });

  it.each([
    ['{"a": NaN}', /line 1, column 7: a: NaN is not JSON, expected a number or null/],
    ['[1,\n -Infinity]', /line 2, column 2: \[1\]: -Infinity is not JSON/],
    ['{"m": 1,\n "m": 2}', /line 2, column 2: the key "m" occurs twice/],
    ['{"m": 1, "\\u006d": 2}', /occurs twice/],
    ['{"a": {"__proto__": 1}}', /column 8: a: the key __proto__ is not allowed/],
    ['{"\\u005f_proto__": 1}', /__proto__ is not allowed/],
    ['[1] [2]', /column 5: unexpected text after/],
    ["{'a': 1}", /expected a key in double quotes/],
    ['"a\tb"', /control character/],
    ['['.repeat(100_000), /nested deeper than 200/],
  ])('says what is wrong with %.30s', async (text, message) => {
    const error = await failureOf(() => parseJson(text, 'f.json'));
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^f\.json: line/);
    expect(error.code).toBe('BAD_INPUT');
  });
});

describe('readJsonFile', () => {
  const schema = z.object({
    name: z.string(),
    list: z.array(z.looseObject({ n: z.number(), id: z.union([z.string(), z.number()]) })),
  });

  it('lists every problem with its path, what is wrong and what was expected', async () => {
    const path = join(folder, 'x.json');
    await writeJsonFile(path, {
      list: [
        { n: 'a', id: 'x' },
        { n: 1, id: null },
      ],
    });
    const error = await failureOf(() => readJsonFile(path, schema, { label: 'x.json' }));
    expect(error.code).toBe('BAD_INPUT');
    expect(error.details).toEqual([
      'x.json: name: is missing, expected a string',
      'x.json: list[0].n: is a string, expected a number',
      'x.json: list[1].id: is null, expected a string or a number',
    ]);
  });

  it('tells missing, cut short, too large and unreadable files apart', async () => {
    const path = join(folder, 'x.json');
    expect((await failureOf(() => readJsonFile(path, schema))).code).toBe('MISSING_FILE');
    await writeJsonFile(path, { name: 'a', list: [] });
    expect(await readJsonFile(path, schema)).toEqual({ name: 'a', list: [] });
    expect((await failureOf(() => readJsonFile(path, schema, { maxBytes: 10 }))).code).toBe('LIMIT_EXCEEDED');
    truncateSync(path, 12);
    const cut = await failureOf(() => readJsonFile(path, schema));
    expect(cut.code).toBe('CORRUPT_FILE');
    expect(cut.message).toMatch(/x\.json: line 2, column \d+/);
    expect((await failureOf(() => readJsonFile(folder, schema))).code).toBe('BAD_INPUT');
    writeFileSync(path, new Uint8Array([0x22, 0xff, 0x22]));
    expect((await failureOf(() => readJsonFile(path, schema))).message).toContain('not UTF-8');
  });

  it('does not write a NaN as null', async () => {
    expect((await failureOf(() => writeJsonFile(join(folder, 'n.json'), { a: [NaN] }))).code).toBe('NOT_FINITE');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('readJsonLines', () => {
  const read = async (text: string | Uint8Array, options = {}) => {
    const path = join(folder, 'rows.jsonl');
    writeFileSync(path, text);
    const rows: unknown[] = [];
    for await (const { line, value } of readJsonLines(path, { label: 'rows.jsonl', ...options }))
      rows.push([line, value]);
    return rows;
  };

  it('counts lines, skips blank ones, takes CRLF, a byte order mark and a missing last newline', async () => {
    expect(await read('\ufeff{"a":1}\r\n\r\n[2]\n"é"')).toEqual([
      [1, { a: 1 }],
      [3, [2]],
      [4, 'é'],
    ]);
    expect(await read('')).toEqual([]);
  });

  it('joins lines that span many chunks', async () => {
    const long = 'ü'.repeat(1_500_000);
    expect(await read(`"${long}"\n1\n"${long}"\n`)).toEqual([
      [1, long],
      [2, 1],
      [3, long],
    ]);
  });

  it('names line and column of a bad line, and of one cut short', async () => {
    expect((await failureOf(() => read('{"a":1}\n{"a":}\n'))).message).toMatch(/^rows\.jsonl: line 2, column 6/);
    const cut = await failureOf(() => read('{"a":1}\n{"a":'));
    expect([cut.code, cut.message]).toEqual(['CORRUPT_FILE', expect.stringMatching(/line 2, column 6/)]);
  });

  it('stops at a line beyond the limit, and when asked to', async () => {
    expect((await failureOf(() => read(`"${'x'.repeat(3_000_000)}"`, { maxLineBytes: 2_000_000 }))).code).toBe(
      'LIMIT_EXCEEDED',
    );
    expect((await failureOf(() => read('1\n2', { signal: AbortSignal.abort() }))).code).toBe('ABORTED');
  });
});
