import { basename, join, resolve } from 'node:path';
import {
  modelCardsFileSchema,
  parseOptions,
  RouteProfileError,
  throwIfAborted,
  type RunContext,
  type z,
} from '@routeprofile/schema';
import { writeFilesAtomic } from '../disk/files.js';
import { formatJson, readJsonFile } from '../disk/json.js';
import { Problems } from '../disk/problems.js';
import { exists } from '../disk/read.js';
import { plural } from '../dataset/text.js';
import { OutcomeCollector, outcomeRows, type QueryOutcomes } from './collect.js';
import { DecimalReader } from './decimals.js';
import { rowIds } from './ids.js';
import { importOptionsSchema, type CompleteImportOptions, type TableFormat } from './options.js';
import { planImport, type Plan } from './plan.js';
import { openTable } from './records.js';
import type { Columns } from './roles.js';
import { saidOf } from './said.js';
import { parseScale, type Scale } from './scale.js';
import { ScoreReader } from './scores.js';
import { splitByTime } from './time-split.js';
import { Cells } from './values.js';

/** A table to import: CSV, TSV, JSON lines or a JSON array. */
export interface ImportSource {
  path: string;
  /** Split of this file's rows that name none, such as `train`. */
  split?: string;
}

/**
 * How `importOutcomes` reads tables. Defaults: format, columns, units, delimiter and decimal mark are told by the file;
 * scores have to lie in 0 to 1; text is UTF-8.
 */
export type ImportOptions = z.input<typeof importOptionsSchema> & Partial<Pick<RunContext, 'signal' | 'onProgress'>>;

/** What `importOutcomes` wrote. */
export interface ImportedOutcomes {
  /** The dataset folder. */
  dir: string;
  /** The format the tables were read as. */
  format: TableFormat;
  /** Distinct queries, a line each in `outcomes.jsonl`. */
  rows: number;
  models: string[];
  tasks: string[];
  /** Which column was read as what; in a table with a column per model, `models` are columns too. */
  columns: Columns;
  /** Columns that nothing was read from. */
  unused: string[];
  /** What was put together, averaged, guessed or left out, each with its number. */
  warnings: string[];
}

const PROGRESS_EVERY = 1000;

/**
 * Turns tables of outcomes into a dataset folder in the outcomes layout.
 *
 * Takes CSV, TSV, JSON lines or a JSON array: someone's own logs in long form (a row per query and model) or wide form (a
 * row per query, a score column per model), LLMRouter's routing data, RouterBench's wide table. Scores may be numbers,
 * percentages or words such as `pass` and `fail`; an empty one means "not measured". Rows of equal text and task are one
 * query, whatever their ids; outcomes of one model on one query are averaged.
 *
 * @param source a file, or several with the split each stands for
 * @param target the dataset folder; `outcomes.jsonl`, `meta.json` and, with `cards`, `models.json` are written into it,
 * all or none
 * @throws RouteProfileError BAD_INPUT listing what is wrong row by row (nothing is written then), MISSING_FILE, BAD_OPTION,
 * CORRUPT_FILE, OUTPUT_UNWRITABLE (also when there is a dataset already and `force` is not given), WRITE_FAILED, ABORTED.
 */
export async function importOutcomes(
  source: string | readonly ImportSource[],
  target: string,
  options: ImportOptions = {},
): Promise<ImportedOutcomes> {
  const { signal, onProgress, ...given } = options;
  const completed = parseOptions<CompleteImportOptions>({ name: 'import', options: importOptionsSchema }, given);
  const sources = typeof source === 'string' ? [{ path: source }] : source;
  const files = sources.map(({ path }) => path).join(', ');
  const cards = completed.cards === undefined ? undefined : await readJsonFile(completed.cards, modelCardsFileSchema);
  await assertFree(target, cards !== undefined, completed.force);

  const read = await readTables(sources, completed, { signal, onProgress });
  const { plan, collector, scores } = read;
  const queries = collector.queries();
  const models = modelsOf(queries);
  scores.assertScale(files, plan.columns.score);
  assertOutcomes(queries, models, files, plan);
  const timeSplit = completed.splitByTime === undefined ? undefined : splitByTime(queries, completed.splitByTime);
  const ids = rowIds(queries);
  const keepsCards = completed.force && cards === undefined && (await exists(join(target, CARDS)));

  const meta = {
    name: completed.name ?? basename(resolve(target)),
    source: sources.map(({ path }) => basename(path)).join(', '),
  };
  await writeFilesAtomic([
    [join(target, OUTCOMES), encodeLines(outcomeRows(queries, ids.ids))],
    ...(cards === undefined ? [] : [[join(target, CARDS), `${formatJson(cards, CARDS, 2)}\n`] as const]),
    [join(target, META), `${formatJson({ ...meta, format: plan.format }, META, 2)}\n`],
  ]);
  const { counts } = collector;
  return {
    dir: target,
    format: plan.format,
    rows: queries.length,
    models,
    tasks: [...new Set(queries.flatMap(({ task }) => task ?? []))],
    columns: plan.columns,
    unused: read.unused,
    warnings: [
      ...saidOf({ plan, queries, models, counts, scores, ids, commas: read.commas, timeSplit }),
      ...(keepsCards ? [`${CARDS} of the earlier dataset was kept; --cards FILE replaces it.`] : []),
    ],
  };
}

const OUTCOMES = 'outcomes.jsonl';
const CARDS = 'models.json';
const META = 'meta.json';

/** A dataset may have been written by hand: it is replaced only when that is asked for. */
async function assertFree(target: string, withCards: boolean, force: boolean): Promise<void> {
  if (force) return;
  for (const file of [OUTCOMES, META, ...(withCards ? [CARDS] : [])])
    if (await exists(join(target, file)))
      throw new RouteProfileError('OUTPUT_UNWRITABLE', `${join(target, file)}: exists already, nothing was written`, {
        hint: 'Name another folder, or give --force to replace the dataset that is there.',
      });
}

interface ReadTables {
  /** Of the first table. */
  plan: Plan;
  collector: OutcomeCollector;
  scores: ScoreReader;
  unused: string[];
  commas: number;
}

/** @throws RouteProfileError BAD_INPUT with every problem of every table. */
async function readTables(
  sources: readonly ImportSource[],
  options: CompleteImportOptions,
  { signal, onProgress }: Pick<ImportOptions, 'signal' | 'onProgress'>,
): Promise<ReadTables> {
  const problems = new Problems();
  const scores = new ScoreReader(scaleOf(options));
  const collector = new OutcomeCollector(scores, options.splitByTime !== undefined);
  const unused = new Set<string>();
  let first: Plan | undefined;
  let commas = 0;
  let done = 0;
  for (const { path, split } of sources) {
    const table = await openTable(path, { ...options, signal }, problems);
    if (table.header.length === 0) {
      problems.add(path, '', 'holds no rows, or rows without any field');
      continue;
    }
    const plan = planImport(table.header, first === undefined ? options : { ...options, format: first.format }, path);
    first ??= plan;
    for (const name of plan.unused) unused.add(name);
    if (options.splitByTime !== undefined && plan.columns.time === undefined) throw noTimes(path, table.header);
    const decimals = new DecimalReader({
      decimal: options.decimal,
      commas: table.delimiter !== undefined && table.delimiter !== ',',
    });
    let rows = 0;
    for await (const { place, fields } of table.rows) {
      throwIfAborted({ signal });
      collector.add(new Cells(problems, place, fields, decimals), plan, split ?? options.split ?? null);
      rows++;
      if (++done % PROGRESS_EVERY === 0) onProgress?.({ stage: 'import', done, unit: 'rows' });
    }
    if (rows === 0 && problems.count === 0) problems.add(path, '', 'holds no rows');
    const doubt = decimals.doubt();
    if (doubt !== undefined) problems.add(path, '', doubt);
    commas += decimals.commas;
  }
  problems.throwIfAny(
    'import',
    'BAD_INPUT',
    'Correct the table, or say which column is which (--query, --model, --score …).',
  );
  // Without a table there would have been a problem, unless there was no source at all.
  if (first === undefined)
    throw new RouteProfileError('BAD_INPUT', 'there is no table to import', { hint: 'Name at least one file.' });
  return { plan: first, collector, scores, unused: [...unused], commas };
}

function scaleOf({ scale, scoreScale }: CompleteImportOptions): Scale | 'as-is' | undefined {
  if (scoreScale !== undefined) return { low: 0, high: scoreScale };
  return scale === undefined ? undefined : (parseScale(scale) ?? undefined);
}

const noTimes = (path: string, header: readonly string[]) =>
  new RouteProfileError(
    'BAD_INPUT',
    `${path}: has no column of times; its columns are ${header.slice(0, 30).join(', ')}`,
    {
      hint: 'A split by time needs one: name it with --time COLUMN, or omit --split-by-time.',
    },
  );

const modelsOf = (queries: readonly QueryOutcomes[]): string[] => [
  ...new Set(queries.flatMap(({ models }) => [...models.keys()])),
];

function assertOutcomes(queries: readonly QueryOutcomes[], models: readonly string[], files: string, plan: Plan): void {
  if (models.length < 2)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${files}: has outcomes of ${plural(models.length, 'model')}, expected at least two`,
      { hint: 'A router needs models to choose from.' },
    );
  if (queries.some((query) => [...query.models.values()].some((fields) => fields.has('score')))) return;
  throw new RouteProfileError(
    'BAD_INPUT',
    `${files}: has no score at all${plan.columns.score === undefined ? '' : `: the column ${JSON.stringify(plan.columns.score)} is empty in every row`}`,
    {
      hint: 'Say which column holds the scores: --score COLUMN. Without scores nothing can be learned: grade the answers first.',
    },
  );
}

/** Lines of JSON as bytes: a text of them could be longer than a string may be. */
function encodeLines(rows: Iterable<unknown>): Uint8Array {
  const FLUSH_AT = 1 << 20;
  const pieces: Uint8Array[] = [];
  let buffer = '';
  for (const row of rows) {
    buffer += `${formatJson(row, OUTCOMES)}\n`;
    if (buffer.length < FLUSH_AT) continue;
    pieces.push(Buffer.from(buffer));
    buffer = '';
  }
  return Buffer.concat([...pieces, Buffer.from(buffer)]);
}
