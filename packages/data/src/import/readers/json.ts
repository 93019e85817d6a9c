import { RouteProfileError, throwIfAborted, z } from '@routeprofile/schema';
import { parseJson as parseStrict, parseWith } from '../../disk/json.js';
import { linesOf } from '../../disk/lines.js';
import { isFields, recordsAt, type Fields, type Path } from '../paths.js';
import { beginningOf, JsonSplitter } from './json-split.js';
import { readableNumbers } from './json-numbers.js';
import { NO_FIELDS, SAMPLED, type Reader, type TableRecord } from './table.js';

interface JsonOptions {
  signal?: AbortSignal | undefined;
}
/** Begins a file's text, in pieces. */
export type OpenText = () => AsyncGenerator<string>;

const objectSchema = z.record(z.string(), z.unknown());
const fieldsOf = (value: unknown, place: string): Fields => parseWith(objectSchema, value, place);

/** Strict, but for the numbers that Python writes and JSON does not know. */
const parseJson = (text: string, path: string, line?: number): unknown =>
  parseStrict(readableNumbers(text), path, line);

/** Enough of a document to see its shape; a document whose first record is longer than that is still closed somewhere. */
const SAMPLED_CHARACTERS = 1 << 20;

async function beginning(open: OpenText): Promise<{ text: string; whole: boolean }> {
  let text = '';
  for await (const piece of open()) {
    text += piece;
    if (text.length >= SAMPLED_CHARACTERS) return { text: readableNumbers(text), whole: false };
  }
  return { text: readableNumbers(text), whole: true };
}

async function headerOf(records: AsyncIterable<TableRecord>): Promise<string[]> {
  const header = new Set<string>();
  for await (const { fields } of records) for (const name of Object.keys(fields)) header.add(name);
  return [...header];
}

/** A list of objects, indented or not: some tools write one under the name of JSON lines. */
const LIST = /^\s*\[\s*\{/;

/** Records of JSON lines: each line is a record, or holds some at a path. A list of records is read as the JSON document that it is. */
export async function openJsonLines(open: OpenText, path: string, options: JsonOptions): Promise<Reader> {
  const { text, whole } = await beginning(open);
  if (LIST.test(text)) return openJson(open, path, options);
  const lines = text.split('\n');
  const sample = (whole ? lines : lines.slice(0, Math.max(1, lines.length - 1)))
    .filter((line) => line.trim() !== '')
    .slice(0, SAMPLED)
    .flatMap((line) => beginningOf(line).slice(0, 1));
  const records = (at: Path) => lineRecords(open(), path, at, options);
  const header = (at: Path) => lineHeader(open(), path, at, options);
  return { delimiter: undefined, isDocument: false, sample, records, header };
}

/** Fields of all lines, read as fast as may be: only a line that cannot be read is looked at closely, for its error. */
async function lineHeader(
  text: AsyncGenerator<string>,
  path: string,
  at: Path,
  options: JsonOptions,
): Promise<string[]> {
  const header = new Set<string>();
  let number = 0;
  for await (const line of linesOf(text)) {
    number++;
    throwIfAborted({ signal: options.signal });
    if (line.trim() === '') continue;
    const value = plainly(line);
    const records = value === undefined || at.length === 0 ? [value] : recordsAt(value, at);
    for (const record of records)
      if (isFields(record)) for (const name of Object.keys(record)) header.add(name);
      // Throws what is wrong.
      else Array.from(within(parseJson(line, path, number), at, `${path}: line ${number}`));
  }
  return [...header];
}

function plainly(line: string): unknown {
  try {
    return JSON.parse(readableNumbers(line)) as unknown;
  } catch {
    // Its error, with the place, comes from the reader that is strict.
    return undefined;
  }
}

async function* lineRecords(
  text: AsyncGenerator<string>,
  path: string,
  at: Path,
  options: JsonOptions,
): AsyncGenerator<TableRecord> {
  let line = 0;
  for await (const one of linesOf(text)) {
    line++;
    throwIfAborted({ signal: options.signal });
    if (one.trim() !== '') yield* within(parseJson(one, path, line), at, `${path}: line ${line}`);
  }
}

/** The records that a value holds, or that it is. */
function* within(value: unknown, at: Path, place: string): Generator<TableRecord> {
  if (at.length === 0 && !Array.isArray(value)) {
    yield { place, fields: fieldsOf(value, place), outer: NO_FIELDS };
    return;
  }
  if (at.length === 0) fieldsOf(value, place);
  const outer = isFields(value) ? value : NO_FIELDS;
  let number = 0;
  for (const record of recordsAt(value, at)) {
    const inner = `${place}, record ${++number}`;
    yield { place: inner, fields: fieldsOf(record, inner), outer };
  }
}

/**
 * Records of a JSON document, or of several after one another, which is what JSON lines under a wrong name are. A document
 * is read record by record: nothing but what stands around the records is held.
 */
export async function openJson(open: OpenText, path: string, options: JsonOptions): Promise<Reader> {
  const { text } = await beginning(open);
  const records = (at: Path) => documentRecords(open, path, at, options);
  const sample = beginningOf(text).slice(0, SAMPLED);
  return { delimiter: undefined, isDocument: true, sample, records, header: (at) => headerOf(records(at)) };
}

async function* documentRecords(
  open: OpenText,
  path: string,
  at: Path,
  options: JsonOptions,
): AsyncGenerator<TableRecord> {
  const { documents, rest } = await around(open, path, at, options);
  if (documents > 1 && at.length > 0) {
    for await (const { text, line } of split(open, path, [], options))
      yield* within(parseJson(text, path, line), at, `${path}: line ${line}`);
    return;
  }
  const outer = at.length > 0 && isFields(rest) ? rest : NO_FIELDS;
  let number = 0;
  for await (const { text, line } of split(open, path, at, options)) {
    const place = `${path}: [${number++}]`;
    yield { place, fields: fieldsOf(parseJson(text, path, line), place), outer };
  }
}

/** What stands around the records of a file, its syntax being checked; the first of several documents. */
async function around(
  open: OpenText,
  path: string,
  at: Path,
  options: JsonOptions,
): Promise<{ documents: number; rest: unknown }> {
  const splitter = new JsonSplitter(at, path);
  for await (const text of open()) {
    throwIfAborted({ signal: options.signal });
    splitter.push(text);
  }
  splitter.finish();
  if (splitter.documents === 0) return { documents: 0, rest: undefined };
  // Several documents are checked one by one, as records.
  if (splitter.documents > 1) return { documents: splitter.documents, rest: undefined };
  return { documents: 1, rest: parseJson(splitter.rest, path) };
}

async function* split(open: OpenText, path: string, at: Path, options: JsonOptions) {
  const splitter = new JsonSplitter(at, path);
  for await (const text of open()) {
    throwIfAborted({ signal: options.signal });
    yield* splitter.push(text);
  }
  yield* splitter.finish();
}

/** @throws RouteProfileError BAD_INPUT when a records path asks for an item by its number. */
export function assertRecordsPath(at: Path): void {
  if (at.some((step) => typeof step === 'number'))
    throw new RouteProfileError('BAD_OPTION', 'records: a path to records names keys, not items by number', {
      hint: 'Lists are taken apart by themselves: give the keys that lead to the list, such as results.results.',
    });
}
