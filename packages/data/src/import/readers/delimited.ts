import { Readable, pipeline } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { RouteProfileError } from '@routeprofile/schema';
import type { Problems } from '../../disk/problems.js';
import { assertNoPromptfooTable } from '../presets/promptfoo.js';
import { NO_FIELDS, SAMPLED, type Reader, type TableRecord } from './table.js';

/** Names of the delimiters that are recognised; any other single character can be given. */
export const DELIMITERS: Readonly<Record<string, string>> = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' };

const MAX_RECORD_CHARACTERS = 64 * 2 ** 20;
/** The first line of a CSV that Excel wrote for a country with decimal commas. */
const EXCEL_LINE = /^sep=(.)\r?\n/;

/** The first line that is not blank, as far as quotes let it go. */
function firstLine(text: string): string {
  const start = text.length - text.trimStart().length;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted;
    else if (!quoted && (text[at] === '\n' || text[at] === '\r')) return text.slice(start, at);
  }
  return text.slice(start);
}

/**
 * The delimiter that a header line speaks of: the one of comma, semicolon, tab and pipe that occurs most often outside
 * quotes; a comma when there is none. Null when two occur equally often.
 */
export function recogniseDelimiter(text: string): string | null {
  const bare = firstLine(text).replace(/"[^"]*"/g, '');
  const counts = Object.values(DELIMITERS).map((delimiter) => ({ delimiter, count: bare.split(delimiter).length - 1 }));
  const [first, second] = counts.toSorted((a, b) => b.count - a.count);
  if (first!.count === 0) return ',';
  return first!.count === second!.count ? null : first!.delimiter;
}

/**
 * Reads the header of a table; its rows are read, from the file's start again, once they are asked for. Rows with more or
 * fewer cells become problems, and are left out.
 * @param open begins the file's text, in pieces
 * @param forced the delimiter; default recognised
 * @throws RouteProfileError BAD_INPUT for a header or quotes that cannot be read, now or while rows are read.
 */
export async function openDelimited(
  open: () => AsyncGenerator<string>,
  path: string,
  problems: Problems,
  forced?: string,
): Promise<Reader> {
  let header: string[] = [];
  let delimiter = forced ?? ',';
  const sample: unknown[] = [];
  for await (const line of parseLines(open(), forced, path)) {
    if (header.length === 0) {
      header = checkHeader(line.cells, path, line.line);
      delimiter = line.delimiter;
    } else if (line.cells.length === header.length) sample.push(rowOf(header, line.cells));
    if (sample.length >= SAMPLED) break;
  }
  // A table may be read more than once: what is wrong with a row is a problem once.
  let told = 0;
  const tell = (line: number, message: string): void => {
    if (line <= told) return;
    told = line;
    problems.add(`${path}: line ${line}`, '', message);
  };
  return {
    delimiter,
    isDocument: false,
    sample,
    header: () => Promise.resolve(header),
    records: () => rowsOf(parseLines(open(), forced, path), header, path, tell),
  };
}

const rowOf = (header: readonly string[], cells: readonly string[]): Record<string, string> =>
  Object.fromEntries(header.map((name, i) => [name, cells[i]!]));

interface Line {
  cells: string[];
  /** 1-based: where it ends. */
  line: number;
  delimiter: string;
}

async function* parseLines(
  text: AsyncGenerator<string>,
  forced: string | undefined,
  path: string,
): AsyncGenerator<Line> {
  const first = await text.next();
  if (first.done === true) return;
  const said = EXCEL_LINE.exec(first.value);
  const delimiter = forced ?? said?.[1] ?? recogniseDelimiter(first.value);
  if (delimiter === null) {
    await text.return(undefined);
    throw new RouteProfileError('BAD_INPUT', `${path}: line 1: what divides the cells cannot be told`, {
      hint: 'Give --delimiter comma, semicolon, tab or pipe.',
    });
  }
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    info: true,
    max_record_size: MAX_RECORD_CHARACTERS,
  });
  // An error of either side destroys the parser, and is thrown where its records are awaited.
  pipeline(Readable.from(following(first.value.slice(said?.[0].length), text)), parser, () => undefined);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>)
      yield { cells: record, line: info.lines + (said === null ? 0 : 1), delimiter };
  } catch (cause) {
    if (cause instanceof CsvError && cause.code === 'CSV_MAX_RECORD_SIZE')
      throw new RouteProfileError(
        'LIMIT_EXCEEDED',
        `${path}: a record that goes on in line ${String(cause['lines'])} is longer than ${MAX_RECORD_CHARACTERS} characters`,
        {
          hint: 'A quote that is never closed makes one cell of all that follows: write a quote within a quoted cell twice. If the cell is as long as that, use JSON lines.',
          cause,
        },
      );
    if (cause instanceof CsvError)
      throw new RouteProfileError('BAD_INPUT', `${path}: ${cause.message}`, {
        hint: 'Correct the file at this line. A quote within a quoted cell is written twice. If other cells look wrong too, give --delimiter.',
        cause,
      });
    throw cause;
  }
}

/** A text whose first piece was looked at already; stopping it stops the rest. */
async function* following(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* rowsOf(
  lines: AsyncGenerator<Line>,
  header: readonly string[],
  path: string,
  tell: (line: number, message: string) => void,
): AsyncGenerator<TableRecord> {
  let isHeader = true;
  for await (const { cells, line } of lines) {
    if (isHeader) isHeader = false;
    else if (cells.length === header.length)
      yield { place: `${path}: line ${line}`, fields: rowOf(header, cells), outer: NO_FIELDS };
    else tell(line, `has ${cells.length} cells, expected ${header.length}, one per column`);
  }
}

/** What pandas calls a first column without a name, which is the number of the row where it wrote the table. */
const PANDAS_INDEX = 'Unnamed: 0';
export const isPandasIndex = (name: string): boolean => name.startsWith(PANDAS_INDEX);

function checkHeader(names: readonly string[], path: string, line: number): string[] {
  const header = names.map((name) => name.trim());
  assertNoPromptfooTable(header, path);
  if (header[0] === '' && header.length > 1)
    header[0] = header.includes(PANDAS_INDEX) ? `${PANDAS_INDEX}.1` : PANDAS_INDEX;
  const refuse = (what: string, hint: string) =>
    new RouteProfileError('BAD_INPUT', `${path}: line ${line}: ${what}`, { hint });
  const unnamed = header.indexOf('');
  if (unnamed !== -1)
    throw refuse(
      `column ${unnamed + 1} of ${header.length} has no name`,
      'Name it or remove it; pandas writes no unnamed column with to_csv(index=False).',
    );
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined)
    throw refuse(`the column ${JSON.stringify(twice)} occurs twice, expected once`, 'Rename one of the two.');
  return header;
}
