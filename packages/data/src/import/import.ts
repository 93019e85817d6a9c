import { basename, join, resolve } from 'node:path';
import {
  modelCardsFileSchema,
  outcomesMetaSchema,
  parseOptions,
  RouteProfileError,
  throwIfAborted,
  type ModelCardFile,
  type RunContext,
  type z,
} from '@routeprofile/schema';
import { writeFilesAtomic } from '../disk/files.js';
import { formatJson, readJsonFile } from '../disk/json.js';
import { plural } from '../dataset/text.js';
import { Problems } from '../disk/problems.js';
import { exists } from '../disk/read.js';
import { Appending } from './append.js';
import { CallReader, type Call } from './calls.js';
import { DecimalReader } from './decimals.js';
import type { Engine } from './engines/engine.js';
import { openEngine, queriesOf } from './engines/open.js';
import { Grouper, type Query } from './group/group.js';
import { ScratchFolder } from './group/line-store.js';
import { IdGiver } from './ids.js';
import { Join, JOINED } from './join.js';
import { cutsByTime, importOptionsSchema, type CompleteImportOptions, type TableFormat } from './options.js';
import type { Plan } from './plan.js';
import type { Preset } from './presets/preset.js';
import { openReader } from './readers/open.js';
import type { Reader } from './readers/table.js';
import { Choices, columnsSaid, presetOf, recipeFor, type Recipe } from './recipe.js';
import type { Columns, Role } from './roles.js';
import { outcomeRow } from './rows.js';
import { saidOf } from './said.js';
import { ownWords, PERCENT, parseScales, type GivenScales } from './scale.js';
import { Sampler } from './sample/sampler.js';
import { ScoreReader } from './scores.js';
import { valuesFromPath } from './sources/from-path.js';
import { filesOf, type ImportSource, type SourceFile } from './sources/sources.js';
import { Tally } from './tally.js';
import { TimeSplit } from './time-split.js';
import { parseTime } from './times.js';
import { Cells } from './values.js';

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

const PROGRESS_EVERY = 1000;

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

interface Context {
  signal?: AbortSignal | undefined;
  onProgress?: ImportOptions['onProgress'];
  cards: z.output<typeof modelCardsFileSchema> | undefined;
  scratch: ScratchFolder;
  engine: Engine | undefined;
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

/** The cards that presets state of their models; undefined where none does. */
function cardsOfPresets(presets: readonly Preset[]): Record<string, Partial<ModelCardFile>> | undefined {
  const stated = presets.flatMap(({ cards = {} }) => Object.entries(cards));
  return stated.length === 0 ? undefined : Object.fromEntries(stated);
}

const OUTCOMES = 'outcomes.jsonl';
const CARDS = 'models.json';
const META = 'meta.json';
const SOURCES_NAMED = 20;

/** The text of a query is not repeated: it may hold a password. */
const sourceSaid = (files: readonly SourceFile[], engine: CompleteImportOptions['engine']): string => {
  if (engine !== undefined) return `${plural(files.length, 'query', 'queries')} by ${engine}`;
  const names = files.slice(0, SOURCES_NAMED).map(({ path }) => basename(path));
  return files.length > names.length ? `${names.join(', ')} and ${files.length - names.length} more` : names.join(', ');
};

/** A dataset may have been written by hand: it is replaced only when that is asked for. */
async function assertFree(
  target: string,
  withCards: boolean,
  { replace, append }: CompleteImportOptions,
): Promise<void> {
  if (replace) return;
  for (const file of [...(append ? [] : [OUTCOMES, META]), ...(withCards ? [CARDS] : [])])
    if (await exists(join(target, file)))
      throw new RouteProfileError('OUTPUT_UNWRITABLE', `${join(target, file)}: exists already, nothing was written`, {
        hint: append
          ? 'Omit --cards: the cards that are there stay.'
          : 'Name another folder, or give --append to add to the dataset that is there, or --replace to replace it.',
      });
}

/** @throws RouteProfileError BAD_INPUT where the rows that are there are a sample: who was not drawn is not known any more. */
async function assertWhole(path: string): Promise<void> {
  if (!(await exists(path))) return;
  const { sampled } = await readJsonFile(path, outcomesMetaSchema);
  if (sampled !== undefined)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${path}: says that the rows are a sample, to which nothing can be added`,
      {
        hint: 'Import everything at once with --sample and --replace.',
      },
    );
}

function timeSplitOf({ splitByTime, splitTime }: CompleteImportOptions): TimeSplit | undefined {
  if (splitByTime !== undefined) return new TimeSplit({ share: splitByTime });
  return splitTime === undefined ? undefined : new TimeSplit({ time: parseTime(splitTime)! });
}

interface ReadFiles {
  /** Of the first file. */
  plan: Plan;
  columns: Columns;
  presets: Map<Preset, number>;
  calls: CallReader;
  scores: ScoreReader;
  choices: Choices;
  files: number;
  unused: string[];
  passedOver: string[];
  fromPath: readonly string[];
  commas: number;
}

/** Reads all calls of all files. @throws RouteProfileError BAD_INPUT with every problem of every file. */
async function readFiles(
  files: readonly SourceFile[],
  options: CompleteImportOptions,
  add: (call: Call) => Promise<void> | void,
  { signal, onProgress, engine }: Pick<Context, 'signal' | 'onProgress' | 'engine'>,
): Promise<ReadFiles> {
  const problems = new Problems();
  const scores = new ScoreReader(scalesOf(options), ownWords(options.good, options.bad));
  const calls = new CallReader(scores, cutsByTime(options));
  const choices = new Choices(options);
  for (const role of ['score', 'query'] as const) {
    const path = options[JOINED[role]];
    if (path !== undefined) choices.joins[role] = await Join.open(role, path, options, problems);
  }
  const fromPath = valuesFromPath(options.fromPath, files);
  const presets = new Map<Preset, number>();
  const unused = new Set<string>();
  const passedOver: string[] = [];
  let first: { plan: Plan; columns: Columns } | undefined;
  let [count, commas, done] = [0, 0, 0];
  const opened = await openAll(files, options, { signal, engine }, problems, passedOver);
  const recipes: (Opened & { recipe: Recipe })[] = [];
  for (const one of opened) {
    const asPlanned = asFirst(options, recipes[0]?.recipe.plan);
    recipes.push({ ...one, recipe: await recipeFor(one.file, one.reader, asPlanned, choices, fromPath.of(one.file)) });
  }
  for (const { reader, recipe } of recipes)
    if (recipe.gather !== undefined)
      for await (const record of reader.records(recipe.records)) {
        throwIfAborted({ signal });
        recipe.gather(record);
      }
  await countScores(recipes, choices, signal);
  for (const { file, reader, recipe } of recipes) {
    const values = fromPath.of(file);
    first ??= { plan: recipe.plan, columns: columnsSaid(recipe, options.columns, values) };
    if (recipe.preset !== undefined) presets.set(recipe.preset, (presets.get(recipe.preset) ?? 0) + 1);
    if (recipe.preset?.scale === 'percent') scores.usual = PERCENT;
    for (const name of recipe.plan.unused) unused.add(name);
    assertTimes(recipe, file, options);
    const decimals = new DecimalReader({
      decimal: options.decimal,
      commas: reader.delimiter !== undefined && reader.delimiter !== ',',
    });
    let records = 0;
    for await (const record of reader.records(recipe.records)) {
      throwIfAborted({ signal });
      records++;
      for (const { fields, asked } of recipe.calls(record)) {
        const cells = new Cells(problems, record.place, fields, decimals);
        const call = calls.read(
          cells,
          recipe.plan,
          { split: file.split ?? options.split ?? null, file: file.path },
          asked,
        );
        if (call !== null && problems.count === 0) await add(call);
      }
      if (++done % PROGRESS_EVERY === 0) onProgress?.({ stage: 'import', done, unit: 'rows' });
    }
    count++;
    if (records === 0 && problems.count === 0) problems.add(file.path, '', 'holds no rows');
    const doubt = decimals.doubt();
    if (doubt !== undefined) problems.add(file.path, '', doubt);
    commas += decimals.commas;
  }
  for (const join of Object.values(choices.joins)) join.assertUsed();
  assertHonoured(recipes, options, choices);
  problems.throwIfAny('import', 'BAD_INPUT', hintOf([...presets.keys()]));
  // Without a file there would have been a problem, unless there was no source at all.
  if (first === undefined)
    throw new RouteProfileError('BAD_INPUT', 'there is nothing to import', { hint: 'Name at least one file.' });
  return {
    ...{ ...first, presets, calls, scores, choices, files: count, unused: [...unused], passedOver },
    ...{ fromPath: fromPath.said, commas },
  };
}

/** Later tables are laid out as the first. */
const asFirst = (options: CompleteImportOptions, first: Plan | undefined): CompleteImportOptions =>
  first === undefined || options.format !== 'auto'
    ? options
    : { ...options, ...(first.models.length > 0 && { format: 'wide' }) };

interface Opened {
  file: SourceFile;
  reader: Reader;
}

/** Counts named scores ahead: one is read of all records, whichever the first of them have. */
async function countScores(
  recipes: readonly (Opened & { recipe: Recipe })[],
  { names }: Choices,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const { reader, recipe } of recipes) {
    const { scoresOf } = recipe;
    if (scoresOf === undefined) continue;
    for await (const record of reader.records(recipe.records)) {
      throwIfAborted({ signal });
      for (const scores of scoresOf(record)) names.see(scores);
    }
  }
}

/** Files that were found in a folder, and are of no known shape while others are, are something else. */
async function openAll(
  files: readonly SourceFile[],
  options: CompleteImportOptions,
  { signal, engine }: Pick<Context, 'signal' | 'engine'>,
  problems: Problems,
  passedOver: string[],
): Promise<Opened[]> {
  const opened: (Opened & { preset: Preset | undefined })[] = [];
  for (const file of files) {
    throwIfAborted({ signal });
    const reader =
      engine === undefined || file.sql === undefined
        ? await openReader(file.path, { ...options, signal }, problems)
        : await engine.open(file.sql, file.path);
    opened.push({ file, reader, preset: presetOf(file, reader, options)?.preset });
  }
  const known = opened.find(({ preset }) => preset !== undefined)?.preset;
  return opened.filter(({ file, preset }) => {
    if (known === undefined || !file.found || preset === known) return true;
    passedOver.push(file.path);
    return false;
  });
}

const hintOf = (presets: readonly Preset[]): string =>
  [
    ...presets.flatMap(({ hints }) => Object.values(hints ?? {})),
    'Correct the records, or say which column is which (--query, --model, --score …).',
  ].join(' ');

function scalesOf({ scale, scoreScale }: CompleteImportOptions): GivenScales | undefined {
  if (scoreScale !== undefined) return { tasks: new Map(), others: { low: 0, high: scoreScale } };
  return scale === undefined ? undefined : (parseScales(scale) ?? undefined);
}

/** @throws RouteProfileError BAD_OPTION for a field or a unit that was asked for, and that no record of a preset has a use for. */
function assertHonoured(
  recipes: readonly { recipe: Recipe }[],
  { columns, latencyUnit }: CompleteImportOptions,
  { joins, reached, units }: Choices,
): void {
  const preset = recipes.find(({ recipe }) => recipe.preset !== undefined)?.recipe.preset;
  const named = Object.entries(columns).filter(([role]) => role !== 'score' && !(role in joins)) as [Role, string][];
  const missing = preset === undefined ? undefined : named.find(([role]) => !reached.has(role));
  if (missing !== undefined && recipes.every(({ recipe }) => recipe.preset !== undefined))
    throw new RouteProfileError(
      'BAD_OPTION',
      `${missing[0]}: no record has ${JSON.stringify(missing[1])}; the files were read as ${preset!.title}`,
      {
        hint: `Give a field of the records, or a path into them; or omit it, to read ${missing[0]} as the preset does.`,
      },
    );
  if (latencyUnit === undefined || units.used) return;
  throw new RouteProfileError(
    'BAD_OPTION',
    preset === undefined
      ? 'latencyUnit: there is no column of latencies that it could be the unit of'
      : `latencyUnit: ${preset.title} have no latency without a unit of its own`,
    { hint: 'Omit --latency-unit, or name what it belongs to with --latency COLUMN.' },
  );
}

function assertTimes({ plan }: Recipe, { path }: SourceFile, options: CompleteImportOptions): void {
  if (!cutsByTime(options) || plan.columns.time !== undefined) return;
  throw new RouteProfileError('BAD_INPUT', `${path}: has no column of times`, {
    hint: `Its columns are ${[...Object.values(plan.columns), ...plan.unused].slice(0, 30).join(', ')}. A split by time needs one: name it with --time COLUMN, or omit the split.`,
  });
}

function assertScored({ scored }: CallReader, files: string, { plan, presets, choices }: ReadFiles): void {
  const [preset] = presets.keys();
  if (scored === 0) {
    const column = preset === undefined ? plan.columns.score : undefined;
    throw new RouteProfileError(
      'BAD_INPUT',
      `${files}: ${preset === undefined ? 'has' : `read as ${preset.title}, has`} no score at all${column === undefined ? '' : `: the column ${JSON.stringify(column)} is empty in every row`}`,
      {
        hint:
          choices.hint() ??
          preset?.hints?.score ??
          'Say which column holds the scores: --score COLUMN, or which file: --scores FILE. Without scores nothing can be learned: grade the answers first.',
      },
    );
  }
}
