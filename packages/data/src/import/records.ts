import { extname } from 'node:path';
import { RouteProfileError, throwIfAborted, z } from '@routeprofile/schema';
import { parseJson, parseWith } from '../disk/json.js';
import { MAX_JSON_BYTES } from '../disk/read.js';
import { describeValue, type Problems } from '../disk/problems.js';
import { openDelimited } from './delimited.js';
import { readText } from './encoding.js';
import type { CompleteImportOptions } from './options.js';
import type { Table, TableRecord } from './table.js';

export type RecordOptions = Pick<CompleteImportOptions, 'encoding' | 'delimiter'> & {
  signal?: AbortSignal | undefined;
};

const objectSchema = z.record(z.string(), z.unknown());

/**
 * Opens a `.csv`, `.tsv`, `.jsonl`, `.ndjson` or `.json` (array) file. All but `.json` are streamed, and read
 * twice: first for the names of the columns, of which any JSON line may have another.
 * @throws RouteProfileError BAD_INPUT, CORRUPT_FILE, MISSING_FILE, LIMIT_EXCEEDED, ABORTED, now or while rows are read.
 */
export async function openTable(path: string, options: RecordOptions, problems: Problems): Promise<Table> {
  switch (extname(path).toLowerCase()) {
    case '.csv':
    case '.tsv':
      return openDelimited(() => readText(path, options), path, problems, options.delimiter);
    case '.jsonl':
    case '.ndjson': {
      const header = new Set<string>();
      for await (const { fields } of jsonLines(path, options)) for (const name of fields.keys()) header.add(name);
      return { header: [...header], delimiter: undefined, rows: jsonLines(path, options) };
    }
    case '.json': {
      const rows = await jsonArray(path, options);
      const header = [...new Set(rows.flatMap(({ fields }) => [...fields.keys()]))];
      return { header, delimiter: undefined, rows };
    }
    default:
      throw new RouteProfileError(
        'BAD_INPUT',
        `${path}: is of an unknown kind, expected .csv, .tsv, .jsonl, .ndjson or .json`,
        {
          hint: "Export the table first, e.g. with pandas' to_csv or to_json(orient='records', lines=True).",
        },
      );
  }
}

const fromObject = (place: string, value: unknown): TableRecord => ({
  place,
  fields: new Map(Object.entries(parseWith(objectSchema, value, place))),
});

async function* jsonLines(path: string, options: RecordOptions): AsyncGenerator<TableRecord> {
  let line = 0;
  for await (const text of linesOf(readText(path, options))) {
    line++;
    throwIfAborted({ signal: options.signal });
    if (text.trim() !== '') yield fromObject(`${path}: line ${line}`, parseJson(text, path, line));
  }
}

async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let pending = '';
  for await (const piece of pieces) {
    const lines = (pending + piece).split('\n');
    pending = lines.pop()!;
    yield* lines;
  }
  if (pending !== '') yield pending;
}

async function jsonArray(path: string, options: RecordOptions): Promise<TableRecord[]> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of readText(path, options)) {
    length += piece.length;
    if (length > MAX_JSON_BYTES)
      throw new RouteProfileError('LIMIT_EXCEEDED', `${path}: is longer than ${MAX_JSON_BYTES} characters`, {
        hint: 'Split the file, or use JSON lines, which are read one by one.',
      });
    pieces.push(piece);
  }
  const text = pieces.join('');
  if (text.trim() === '') return [];
  const value = parseJson(text, path);
  if (!Array.isArray(value))
    throw new RouteProfileError('BAD_INPUT', `${path}: is ${describeValue(value)}, expected an array of rows`, {
      hint: 'Take the array of rows out of it; if the file has one object per line, name it .jsonl.',
    });
  return value.map((row, i) => fromObject(`${path}: [${i}]`, row));
}
