import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { CsvError, parse } from 'csv-parse';
import { RouteProfileError, z } from '@routeprofile/schema';
import { parseJson, parseWith } from '../disk/json.js';
import { readJsonLines } from '../disk/jsonl.js';
import { decodeText, readBytes, readError } from '../disk/read.js';

/** One row of a table, by column name. */
export interface TableRecord {
  /** `file: line 12`, `file: row 3`. */
  place: string;
  fields: ReadonlyMap<string, unknown>;
}

const objectSchema = z.record(z.string(), z.unknown());
const MAX_RECORD_CHARACTERS = 16 * 2 ** 20;

/** Rows of a `.csv`, `.tsv`, `.jsonl`, `.ndjson` or `.json` (array) file; all but `.json` are streamed. */
export async function* readRecords(path: string, signal?: AbortSignal): AsyncGenerator<TableRecord> {
  switch (extname(path).toLowerCase()) {
    case '.csv':
      yield* readCsv(path, ',', signal);
      return;
    case '.tsv':
      yield* readCsv(path, '\t', signal);
      return;
    case '.jsonl':
    case '.ndjson':
      for await (const { line, value } of readJsonLines(path, { signal }))
        yield fromObject(`${path}: line ${line}`, value);
      return;
    case '.json': {
      const rows = parseWith(z.array(z.unknown()), parseJson(decodeText(await readBytes(path), path), path), path);
      for (const [i, row] of rows.entries()) yield fromObject(`${path}: [${i}]`, row);
      return;
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

async function* readCsv(path: string, delimiter: string, signal?: AbortSignal): AsyncGenerator<TableRecord> {
  const parser = parse({
    delimiter,
    bom: true,
    skip_empty_lines: true,
    info: true,
    max_record_size: MAX_RECORD_CHARACTERS,
  });
  const file = createReadStream(path, { signal });
  file.on('error', (cause) => parser.destroy(cause));
  file.pipe(parser);
  let header: string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (header === undefined) header = checkHeader(record, path);
      else yield { place: `${path}: line ${info.lines}`, fields: new Map(header.map((name, i) => [name, record[i]])) };
    }
  } catch (cause) {
    if (RouteProfileError.isInstance(cause)) throw cause;
    if (signal?.aborted) throw new RouteProfileError('ABORTED', 'interrupted', { cause });
    if (cause instanceof CsvError)
      throw new RouteProfileError('BAD_INPUT', `${path}: ${cause.message}`, {
        hint: 'Correct the file at this line.',
        cause,
      });
    throw readError(path, cause);
  } finally {
    file.destroy();
  }
}

function checkHeader(names: readonly string[], path: string): string[] {
  const header = names.map((name) => name.trim());
  const twice = header.find((name, i) => name !== '' && header.indexOf(name) !== i);
  if (twice !== undefined)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${path}: line 1: the column ${JSON.stringify(twice)} occurs twice, expected once`,
      { hint: 'Rename one of the two.' },
    );
  return header;
}
