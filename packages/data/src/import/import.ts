import { basename, join, resolve } from 'node:path';
import {
  modelCardsFileSchema,
  parseOptions,
  RouteProfileError,
  throwIfAborted,
  type RunContext,
  type z,
} from '@routeprofile/schema';
import { writeJsonFile, formatJson, readJsonFile } from '../disk/json.js';
import { writePiecesAtomic } from '../disk/files.js';
import { Problems } from '../disk/problems.js';
import { plural } from '../dataset/text.js';
import { OutcomeCollector } from './collect.js';
import { importOptionsSchema, planImport, type CompleteImportOptions, type Plan, type TableFormat } from './options.js';
import { readRecords } from './records.js';

/** A table to import: CSV, TSV, JSON lines or a JSON array. */
export interface ImportSource {
  path: string;
  /** Split of this file's rows that name none, such as `train`. */
  split?: string;
}

/**
 * How `importOutcomes` reads tables. Defaults: the format and the columns are told by the column names, scores are
 * taken as they are.
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
  warnings: string[];
}

const PROGRESS_EVERY = 1000;

/**
 * Turns tables of outcomes into a dataset folder in the outcomes layout.
 *
 * Takes CSV, TSV, JSON lines or a JSON array: someone's own logs in long form (a row per query and model) or wide form (a
 * row per query, a score column per model), LLMRouter's routing data, RouterBench's wide table. Scores may be numbers,
 * `true` or `false`; an empty one means "not measured".
 *
 * @param source a file, or several with the split each stands for
 * @param target the dataset folder; `outcomes.jsonl`, `meta.json` and, with `cards`, `models.json` are written into it
 * @throws RouteProfileError BAD_INPUT listing what is wrong row by row (nothing is written then), MISSING_FILE, BAD_OPTION,
 * OUTPUT_UNWRITABLE, WRITE_FAILED, ABORTED.
 */
export async function importOutcomes(
  source: string | readonly ImportSource[],
  target: string,
  options: ImportOptions = {},
): Promise<ImportedOutcomes> {
  const { signal, onProgress, ...given } = options;
  const completed = parseOptions<CompleteImportOptions>({ name: 'import', options: importOptionsSchema }, given);
  const sources = typeof source === 'string' ? [{ path: source }] : source;
  const problems = new Problems();
  const collector = new OutcomeCollector(problems, completed.scoreScale);
  const cards = completed.cards === undefined ? undefined : await readJsonFile(completed.cards, modelCardsFileSchema);
  let plan: Plan | undefined;
  let done = 0;
  for (const { path, split } of sources) {
    const header = new Set<string>();
    for await (const record of readRecords(path, signal)) {
      throwIfAborted({ signal });
      if (extend(header, record.fields.keys())) plan = replan(plan, header, completed, path);
      collector.add(record, plan!, split ?? completed.split ?? null);
      if (++done % PROGRESS_EVERY === 0) onProgress?.({ stage: 'import', done, unit: 'rows' });
    }
    if (header.size === 0) problems.add(path, '', 'holds no rows');
  }
  problems.throwIfAny(
    'import',
    'BAD_INPUT',
    'Correct the table, or say which column is which (--query, --model, --score …).',
  );
  const models = collector.models();
  if (plan === undefined || models.length < 2)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${sources.map(({ path }) => path).join(', ')}: has outcomes of ${plural(models.length, 'model')}, expected at least two`,
      {
        hint: 'A router needs models to choose from.',
      },
    );

  const name = completed.name ?? basename(resolve(target));
  await writePiecesAtomic(join(target, 'outcomes.jsonl'), lines(collector));
  if (cards !== undefined) await writeJsonFile(join(target, 'models.json'), cards);
  await writeJsonFile(join(target, 'meta.json'), {
    name,
    source: sources.map(({ path }) => basename(path)).join(', '),
    format: plan.format,
  });
  return {
    dir: target,
    format: plan.format,
    rows: collector.rows,
    models,
    tasks: collector.tasks(),
    warnings: [
      ...(collector.repeated === 0
        ? []
        : [`${plural(collector.repeated, 'outcome')} of a model on the same query as before: they are averaged.`]),
      ...(collector.unmeasured === 0
        ? []
        : [`${plural(collector.unmeasured, 'outcome')} without a score: they count as not measured.`]),
    ],
  };
}

/** Adds names to a set; true when one was new. */
function extend(set: Set<string>, names: Iterable<string>): boolean {
  const before = set.size;
  for (const name of names) set.add(name);
  return set.size > before;
}

/** Rows of JSON lines may name columns, and so models, that no row before had. The format stays that of the first row. */
const replan = (
  plan: Plan | undefined,
  header: ReadonlySet<string>,
  options: CompleteImportOptions,
  path: string,
): Plan => planImport([...header], plan === undefined ? options : { ...options, format: plan.format }, path);

function* lines(collector: OutcomeCollector): Generator<string> {
  for (const row of collector.outcomes()) yield `${formatJson(row, 'outcomes.jsonl')}\n`;
}
