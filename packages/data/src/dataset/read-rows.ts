import { open } from 'node:fs/promises';
import {
  outcomeRowSchema,
  queryText,
  RouteProfileError,
  routingFileSchema,
  type OutcomeRow,
  type RoutingRow,
  type DatasetOptions,
} from '@routeprofile/schema';
import { readError, sizeOfRegularFile } from '../disk/read.js';
import { FieldLog, outcomeNumbers, rowFields } from './fields.js';
import { OutcomeRows, type OutcomeNumbers } from './rows.js';
import type { Sources } from './sources.js';
import { formattedText, plural } from './text.js';

const NO_USER_TEXT = 'holds no user message with text, expected one';

type QueryTextPolicy = DatasetOptions['queryText'];

export interface ReadRows {
  rows: OutcomeRows;
  /** Rows whose stored prompt was asked for and is not there: they have their raw text. */
  unformatted: number;
  /** What outcome rows say under other names, or beside what is read; a sentence each. */
  warnings?: readonly string[];
  /** What routing rows say beside queries and outcomes. */
  labels?: readonly RowLabels[];
}

export interface RowLabels {
  task: string;
  metric: string | null;
  choices: unknown;
}

/** Outcome rows (`outcomes.jsonl`, or a test file of that format), streamed. */
export async function readOutcomeRows(
  sources: Sources,
  file: string,
  policy: QueryTextPolicy,
  path?: string,
): Promise<ReadRows> {
  const rows = new OutcomeRows();
  const fields = new FieldLog();
  const firstLine = new Map<string, number>();
  let unformatted = 0;
  let read = 0;
  let shortened = 0;
  for await (const { line, row } of sources.rows(file, outcomeRowSchema, path)) {
    const place = `${file}: line ${line}`;
    read++;
    const raw = queryText(row.query) ?? '';
    if (typeof row.query !== 'string' && row.query.length > 1) shortened++;
    const earlier = firstLine.get(row.id);
    if (earlier !== undefined)
      sources.problems.add(place, 'id', `${row.id} occurs already in line ${earlier}, expected an id of its own`);
    firstLine.set(row.id, line);
    if (raw.trim() === '') {
      const what = typeof row.query === 'string' ? 'is empty, expected text' : NO_USER_TEXT;
      sources.problems.add(place, 'query', what);
    }
    const formatted = policy === 'formatted' ? formattedText(row['formatted_query']) : raw;
    if (formatted === null) unformatted++;
    rowFields(fields, row);
    rows.add(
      {
        ...{ id: row.id, text: formatted ?? raw, raw, task: row.task ?? null, split: row.split ?? null },
        ...(row.trajectoryStep && { step: row.trajectoryStep }),
      },
      outcomesOf(row, fields),
    );
  }
  const chats =
    shortened === 0
      ? []
      : [
          `${file}: ${shortened} of ${plural(read, 'query', 'queries')} ${shortened === 1 ? 'is a chat' : 'are chats'} of several messages; routers see only the last user message`,
        ];
  return { rows, unformatted, warnings: [...chats, ...fields.warnings(file)] };
}

function* outcomesOf(row: OutcomeRow, fields: FieldLog): Generator<[string, OutcomeNumbers]> {
  for (const model in row.models) yield [model, outcomeNumbers(fields, row.models[model]!)];
}

/** Routing rows (`routing_test_data.json` and its like). Undefined when the file has problems. */
export async function readRoutingRows(
  sources: Sources,
  file: string,
  policy: QueryTextPolicy,
  split: string,
  path?: string,
): Promise<ReadRows | undefined> {
  const array = await sources.json(file, routingFileSchema, path);
  if (array === undefined) return undefined;
  const rows = new OutcomeRows();
  let unformatted = 0;
  array.forEach((row, i) => {
    if (row.query.trim() === '') sources.problems.add(file, `[${i}].query`, 'is empty, expected text');
    const formatted = policy === 'formatted' ? formattedText(row.formatted_query) : row.query;
    if (formatted === null) unformatted++;
    const query = { id: `${split}:${i}`, text: formatted ?? row.query, raw: row.query, task: row.task_name, split };
    rows.add(query, performanceOf(row));
  });
  const labels = array.map(({ task_name, metric, choices }) => ({ task: task_name, metric: metric ?? null, choices }));
  return { rows, unformatted, labels };
}

function* performanceOf(row: RoutingRow): Generator<[string, OutcomeNumbers]> {
  for (const [model, entry] of Object.entries(row.model_performance))
    yield [
      model,
      {
        score: entry.task_performance,
        inputTokens: entry.prompt_tokens ?? entry.input_token,
        outputTokens: entry.completion_tokens ?? entry.output_token,
      },
    ];
}

/** The first character that is not white space tells a JSON array from JSON lines. */
async function startsWithBracket(path: string): Promise<boolean> {
  await sizeOfRegularFile(path);
  try {
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(4096), 0, 4096, 0);
      return new TextDecoder().decode(buffer.subarray(0, bytesRead)).trimStart().startsWith('[');
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw readError(path, cause);
  }
}

/** Test rows from a file of either format. Throws MISSING_FILE. Undefined when the file has problems. */
export async function readTestFile(
  sources: Sources,
  path: string,
  policy: QueryTextPolicy,
): Promise<ReadRows | undefined> {
  const isRouting = await startsWithBracket(path);
  const read = isRouting
    ? await readRoutingRows(sources, path, policy, 'test', path)
    : await readOutcomeRows(sources, path, policy, path);
  if (read?.rows.length === 0 && sources.problems.count === 0)
    throw new RouteProfileError('BAD_INPUT', `${path}: holds no test rows`, {
      hint: 'Give a file with at least one row.',
    });
  return read;
}

/** The warning about rows that lack the prompt that was asked for. */
export const unformattedWarning = (count: number, of: number, what: string): string[] =>
  count === 0
    ? []
    : [
        `${count.toLocaleString('en-US')} of ${plural(of, `${what} query`, `${what} queries`)} have no stored prompt (formatted_query): their raw text is used.`,
      ];
