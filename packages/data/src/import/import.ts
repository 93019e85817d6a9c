import { basename, join, resolve } from 'node:path';
import { modelCardsFileSchema, parseOptions, type RunContext, type z } from '@routeprofile/schema';
import { writeFilesAtomic } from '../disk/files.js';
import { formatJson, readJsonFile } from '../disk/json.js';
import { exists } from '../disk/read.js';
import { Appending } from './append.js';
import { openEngine, queriesOf } from './engines/open.js';
import { Grouper, type Query } from './group/group.js';
import { ScratchFolder } from './group/line-store.js';
import { assertScored } from './honoured.js';
import { IdGiver } from './ids.js';
import { importOptionsSchema, type CompleteImportOptions, type TableFormat } from './options.js';
import { readFiles, type ReadContext } from './read-files.js';
import type { Columns } from './roles.js';
import { outcomeRow } from './rows.js';
import { saidOf } from './said.js';
import { Sampler } from './sample/sampler.js';
import { filesOf, type ImportSource, type SourceFile } from './sources/sources.js';
import { Tally } from './tally.js';
import { assertFree, assertWhole, CARDS, cardsOfPresets, META, OUTCOMES, sourceSaid } from './target.js';
import { TimeSplit } from './time-split.js';
import { parseTime } from './times.js';

/**
 * How `importOutcomes` reads its sources. Defaults: preset, format, columns, units, delimiter and decimal mark are told by the
 * files; scores of a task have to lie in 0 to 1, or be percentages beyond doubt; text is UTF-8.
 */
export type ImportOptions = z.input<typeof importOptionsSchema> & Partial<Pick<RunContext, 'signal' | 'onProgress'>>;

/** What `importOutcomes` wrote. */
export interface ImportedOutcomes {
  /** The dataset folder. */
  dir: string;
  /** What the files were read as: the name of a preset; null where their columns were read. */
  preset: string | null;
  /** Whether a record was a call (`long`) or a query with a column per model (`wide`). */
  format: TableFormat;
  /** Files that were read. */
  files: number;
  /** Distinct queries, a line each in `outcomes.jsonl`. */
  rows: number;
  models: string[];
  tasks: string[];
  /** What was read from which column, or, of a preset, from where; in a table with a column per model, `models` are columns too. */
  columns: Columns;
  /** Columns that nothing was read from. */
  unused: string[];
  /** What was put together, averaged, guessed or left out, each with its number. */
  warnings: string[];
}

/**
 * Turns what people have of their models' answers into a dataset folder in the outcomes layout.
 *
 * Takes CSV, TSV, JSON lines and JSON, also packed with gzip: someone's own logs with a record per call (long) or a row per query and a
 * score column per model (wide), and what tools export (`builtInPresets`), recognised by its shape. Scores may be numbers,
 * percentages or words such as `pass` and `fail`; an empty one means "not measured". Calls of equal text and task are one query,
 * whatever their ids; outcomes of one model on one query are averaged. Files of any length are read in bounded memory. With `engine`
 * sources are queries, run by DuckDB or in Postgres; with `sample` some queries per task become rows, and the others are summed up.
 *
 * @param source a file, a folder, or a pattern such as `runs/*.jsonl`; with `engine` one SELECT; or several, with the split each stands for
 * @param target the dataset folder; `outcomes.jsonl`, `meta.json` and, with `cards` or where the preset states prices, `models.json` are written into it,
 * all or none
 * @throws RouteProfileError BAD_INPUT listing what is wrong record by record (nothing is written then), MISSING_FILE, BAD_OPTION,
 * CORRUPT_FILE, UNSUPPORTED (the engine's package is not installed), NETWORK (no database), OUTPUT_UNWRITABLE (also when there is a dataset already and `replace` is not given), WRITE_FAILED, ABORTED.
 */
export async function importOutcomes(
  source: string | readonly ImportSource[],
  target: string,
  options: ImportOptions = {},
): Promise<ImportedOutcomes> {
  const { signal, onProgress, ...given } = options;
  const completed = parseOptions<CompleteImportOptions>({ name: 'import', options: importOptionsSchema }, given);
  const cards = completed.cards === undefined ? undefined : await readJsonFile(completed.cards, modelCardsFileSchema);
  await assertFree(target, cards !== undefined, completed);
  const sources = typeof source === 'string' ? [{ path: source }] : source;
  const files = completed.engine === undefined ? await filesOf(sources) : queriesOf(sources);
  const scratch = new ScratchFolder();
  const engine = await openEngine(completed.engine, { ...completed, signal });
  try {
    return await importFiles(files, target, completed, { signal, onProgress, cards, scratch, engine });
  } finally {
    await engine?.close();
    await scratch.remove();
  }
}

interface Context extends ReadContext {
  cards: z.output<typeof modelCardsFileSchema> | undefined;
  scratch: ScratchFolder;
}

async function importFiles(
  files: readonly SourceFile[],
  target: string,
  options: CompleteImportOptions,
  { signal, onProgress, cards, scratch, engine }: Context,
): Promise<ImportedOutcomes> {
  const grouper = new Grouper(scratch, signal);
  const isAppended = options.append && (await exists(join(target, OUTCOMES)));
  const appending = isAppended ? new Appending(join(target, OUTCOMES)) : undefined;
  if (isAppended) await assertWhole(join(target, META));
  await appending?.keepRows(grouper, signal);
  const timeSplit = timeSplitOf(options);
  const sampler =
    options.sample === undefined
      ? undefined
      : new Sampler(options.sample, options.seed, ({ split, time }) => split ?? timeSplit?.splitAt(time!) ?? null);
  const sink = sampler ?? grouper;
  const read = await readFiles(files, options, (call) => sink.add(call), { signal, onProgress, engine });
  const { plan, calls, scores, choices } = read;
  const named = files.map(({ path }) => path).join(', ');
  assertScored(calls, named, read);
  scores.assertScale(named, plan.columns.score);

  const tally = new Tally(scores);
  const ids = new IdGiver();
  const nameOf = (model: string, label: string) => calls.systems.nameOf(model, label);
  for (const call of sampler?.calls() ?? []) await grouper.add(call);
  await grouper.tellApart();
  await grouper.group((query) => {
    tally.see(query);
    ids.see(query);
    appending?.see(query, scores);
    if (query.kept === undefined) timeSplit?.see(query);
  }, nameOf);
  appending?.assertAgrees();
  timeSplit?.settle();
  const splitOf = (query: Query): Query =>
    timeSplit === undefined || query.kept !== undefined ? query : { ...query, split: timeSplit.splitOf(query) };
  if (ids.needsSecondPass) for await (const query of grouper.inOrder()) ids.compare(splitOf(query));

  async function* lines(): AsyncGenerator<string> {
    for await (const found of grouper.inOrder()) {
      const query = splitOf(found);
      if (query.kept === undefined) timeSplit?.count(query);
      yield `${formatJson(outcomeRow(query, ids.idOf(query), scores), OUTCOMES)}\n`;
    }
  }
  const hasCards = cards === undefined && (await exists(join(target, CARDS)));
  const ownCards = cards ?? cardsOfPresets([...read.presets.keys()]);
  const written = hasCards ? undefined : ownCards;
  const meta = {
    name: options.name ?? basename(resolve(target)),
    source: sourceSaid(files, options.engine),
    ...(read.presets.size > 0 && { preset: [...read.presets.keys()].map(({ name }) => name).join(', ') }),
    format: plan.format,
    ...(sampler && {
      sampled: {
        perTask: options.sample,
        seed: options.seed,
        rows: calls.counts.rows,
        rest: sampler.others().summedUp(scores, nameOf),
      },
    }),
  };
  await writeFilesAtomic([
    [join(target, OUTCOMES), lines()],
    ...(written === undefined ? [] : [[join(target, CARDS), `${formatJson(written, CARDS, 2)}\n`] as const]),
    // The name and source of what was there stay.
    ...(appending !== undefined && (await exists(join(target, META)))
      ? []
      : [[join(target, META), `${formatJson(meta, META, 2)}\n`] as const]),
  ]);
  const { systems } = calls;
  const renamed = new Map(systems.labelled());
  const models = [...new Set([...calls.models].flatMap((model) => renamed.get(model) ?? [model]))];
  return {
    dir: target,
    preset: [...read.presets.keys()][0]?.name ?? null,
    format: plan.format,
    files: read.files,
    rows: tally.queries,
    models,
    tasks: [...calls.tasks],
    columns: read.columns,
    unused: read.unused,
    warnings: [
      ...saidOf({
        ...{ plan, choices, models, tally, scores, timeSplit, counts: calls.counts, sharedIds: ids.shared() },
        ...{ appending, systems, toldApart: grouper.toldApart },
        sample: sampler && {
          perTask: options.sample!,
          seed: options.seed,
          drawn: sampler.drawn,
          others: sampler.others().calls,
        },
        ...{ presets: read.presets, passedOver: read.passedOver, fromPath: read.fromPath, commas: read.commas },
      }),
      ...(hasCards && (options.replace || ownCards !== undefined)
        ? [`${CARDS} of the earlier dataset was kept; --cards FILE replaces it.`]
        : []),
      ...(written !== undefined && cards === undefined
        ? [
            `${CARDS}: cards of ${Object.keys(written).join(', ')}, with prices, were written as ${[...read.presets.keys()].map(({ title }) => title).join(' and ')} has them.`,
          ]
        : []),
    ],
  };
}

function timeSplitOf({ splitByTime, splitTime }: CompleteImportOptions): TimeSplit | undefined {
  if (splitByTime !== undefined) return new TimeSplit({ share: splitByTime });
  return splitTime === undefined ? undefined : new TimeSplit({ time: parseTime(splitTime)! });
}
