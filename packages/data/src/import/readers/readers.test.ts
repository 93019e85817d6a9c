import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Problems } from '../../disk/problems.js';
import { DecimalReader, parseDecimal } from '../decimals.js';
import { openDelimited, recogniseDelimiter } from './delimited.js';
import { likelyEncoding, readText } from './encoding.js';
import { openReader } from './open.js';
import { cutTime, parseTime } from '../times.js';

const root = mkdtempSync(join(tmpdir(), 'rp-readers-'));
afterAll(() => rmSync(root, { recursive: true }));

async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.slice(at, at + size));
}
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

describe('delimited text', () => {
  const delimiter = fc.constantFrom(',', ';', '\t', '|');
  // A cell that is not blank: rows of blank cells hold nothing.
  const cell = fc.string({ unit: fc.constantFrom(...'ab ,;|\t"\n\r.0é👍') }).map((text) => `x${text}`);
  const width = fc.integer({ min: 2, max: 5 });

  it('comes back as it was written, whatever divides its cells, ends its lines and stands in its quotes', async () => {
    await fc.assert(
      fc.asyncProperty(
        delimiter,
        fc.constantFrom('\n', '\r\n', '\r'),
        width.chain((columns) =>
          fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1 }),
        ),
        async (divider, ending, rows) => {
          const header = rows[0]!.map((_, i) => `name ${i}`);
          const text = [header, ...rows].map((cells) => cells.map(quoted).join(divider)).join(ending);
          expect(recogniseDelimiter(text)).toBe(divider);
          const problems = new Problems();
          const table = await openDelimited(() => pieces(text, 1 << 16), 'a.csv', problems);
          const read: unknown[] = [];
          for await (const { fields } of table.records([])) read.push(Object.values(fields));
          expect([await table.header([]), read, problems.count]).toEqual([header, rows, 0]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is not cut by delimiters within a quoted header', () => {
    expect(recogniseDelimiter('\n"a, b, c, d";score\n1,2,3,4')).toBe(';');
    expect(recogniseDelimiter('query')).toBe(',');
    expect(recogniseDelimiter('a,b;c')).toBeNull();
  });
});

describe('numbers', () => {
  const finite = fc
    .double({ noNaN: true, noDefaultInfinity: true })
    // The text of −0 is that of 0.
    .map((number) => (number === 0 ? 0 : number));
  const read = (text: string, decimal: 'auto' | 'comma' | 'point', commas: boolean) =>
    new DecimalReader({ decimal, commas }).read(text);

  it('are the same with either decimal mark', () => {
    fc.assert(
      fc.property(finite, (number) => {
        const point = String(number);
        const comma = point.replace('.', ',');
        expect(parseDecimal(point, 'point')).toBe(number);
        expect(parseDecimal(comma, 'comma')).toBe(number);
        expect(read(point, 'auto', false)).toBe(number);
        expect(read(comma, 'auto', true)).toBe(number);
      }),
    );
  });

  it('may have their digits in groups of three', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 99 }), (whole, cents) => {
        const number = Number(`${whole}.${String(cents).padStart(2, '0')}`);
        const format = (locale: string) => number.toLocaleString(locale, { minimumFractionDigits: 2 });
        expect(parseDecimal(format('en-US'), 'point')).toBe(number);
        expect(parseDecimal(format('de-DE'), 'comma')).toBe(number);
      }),
    );
  });

  it('are none when anything else is in the cell', () => {
    for (const text of ['', '.', ',', '-', '1.2.3', '1,2,3', '0x10', '1 2', 'e5', '1e', 'Infinity', 'NaN', '12,34.5'])
      for (const commas of [true, false]) expect([text, read(text, 'auto', commas)]).toEqual([text, null]);
    expect(read('0,5', 'auto', false)).toBeNull();
    expect(read('0.5', 'comma', true)).toBeNull();
  });

  it('are never taken with both marks, nor with a comma that may divide thousands', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('0,5', '12,75', '0.5', '1,234', '7', '1e3'), { minLength: 1 }), (cells) => {
        const reader = new DecimalReader({ decimal: 'auto', commas: true });
        for (const text of cells) expect(reader.read(text)).not.toBeNull();
        const has = (...texts: typeof cells) => texts.some((text) => cells.includes(text));
        const unsure = has('1,234') && !has('0,5', '12,75');
        const mixed = has('0.5') && has('0,5', '12,75', '1,234');
        expect(reader.doubt() !== undefined).toBe(unsure || mixed);
      }),
    );
  });
});

describe('what is not a regular file', () => {
  it.each(['csv', 'jsonl', 'json'])('is refused by name, as .%s: it may never end', async (end) => {
    const pipe = join(root, `pipe.${end}`);
    execFileSync('mkfifo', [pipe]);
    const device = join(root, `device.${end}`);
    symlinkSync('/dev/zero', device);
    const directory = join(root, `folder.${end}`);
    mkdirSync(directory);
    for (const [path, kind] of [
      [pipe, 'a pipe'],
      [device, 'a device'],
      [directory, 'a folder'],
    ] as const)
      await expect(openReader(path, {}, new Problems())).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: `${path}: is ${kind}, expected a regular file`,
        hint: expect.stringMatching(/\w/) as string,
      });
  });
});

describe('encodings', () => {
  const file = join(root, 'text');
  const readAll = async (bytes: Uint8Array, encoding?: string) => {
    writeFileSync(file, bytes);
    let text = '';
    for await (const piece of readText(file, { encoding })) text += piece;
    return text;
  };
  const WESTERN = Array.from({ length: 256 }, (_, i) => i).filter((byte) => byte > 0);

  it('of one byte per character lose nothing: every byte has a character of its own', async () => {
    const text = await readAll(Uint8Array.from(WESTERN), 'windows-1252');
    expect([...text]).toHaveLength(255);
    expect(new Set(text).size).toBe(255);
    expect(text.slice(0x80 - 1, 0x9f)).toContain('€');
    expect([...text].map((character) => character.codePointAt(0)!).slice(0xa0 - 1)).toEqual(WESTERN.slice(0xa0 - 1));
  });

  it('are strict: text comes back as it was, or there is an error, never a replacement character', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ max: 255 }), async (bytes) => {
        let text: string;
        try {
          text = await readAll(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_INPUT' });
          return;
        }
        const plain = Buffer.from(text, 'utf8');
        const back = [plain, Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, 'utf16le'), swapped(text)];
        expect(back.some((made) => made.equals(bytes))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('of Unicode text come back whatever the form', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
        async (text) => {
          expect(await readAll(Buffer.from(`\ufeff${text}`, 'utf16le'))).toBe(text);
          expect(await readAll(Buffer.from(`\ufeff${text}`))).toBe(text);
        },
      ),
      { numRuns: 60 },
    );
  });

  const swapped = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();

  it('name the line of the first bad byte, also far into a long file and at its end', async () => {
    const long = 'é'.repeat(70) + '\n';
    const lines = Buffer.from(long.repeat(20_000));
    await expect(readAll(Buffer.concat([lines, Buffer.from([0x61, 0xe9, 0x62])]))).rejects.toThrow(
      'line 20001: is not UTF-8',
    );
    await expect(readAll(Buffer.concat([lines, Buffer.from([0xe2, 0x82])]))).rejects.toThrow(
      'line 20001: is not UTF-8',
    );
  });

  it('are guessed by how bytes above 0x7F stand', () => {
    expect(likelyEncoding(Buffer.from('Espa\xf1ol, mod\xe8le', 'latin1'))).toBe('windows-1252');
    // "Привет, мир" in windows-1251, "你好，世界" in GB 18030.
    expect(likelyEncoding(Buffer.from('cff0e8e2e5f22c20ece8f0', 'hex'))).toBe('windows-1251');
    expect(likelyEncoding(Buffer.from('c4e3bac3a3accac0bde7', 'hex'))).toBe('gb18030');
  });
});

describe('times', () => {
  it('are the same in every form', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2e8, max: 4e9 }), (seconds) => {
        const time = seconds * 1000;
        const iso = new Date(time).toISOString();
        for (const form of [seconds, time, String(time * 1000), iso, iso.replace('T', ' '), iso.replace('Z', '')])
          expect([form, parseTime(form)]).toEqual([form, time]);
      }),
    );
    expect(parseTime('2026-03-01T10:00:00+02:00')).toBe(Date.UTC(2026, 2, 1, 8));
    expect(parseTime('2026-03-01')).toBe(Date.UTC(2026, 2, 1));
  });

  it.each([undefined, null, '', 'noon', '5', 820, '01.03.2026', '2026-13-01', {}])('is not %j', (value) => {
    expect(parseTime(value)).toBeNull();
  });

  it('are cut where they change, with something on both sides', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2 }).filter((times) => new Set(times).size > 1),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (times, share) => {
          const cut = cutTime(times, share);
          expect(times.some((time) => time < cut) && times.includes(cut)).toBe(true);
        },
      ),
    );
  });
});
