import { RouteProfileError, throwIfAborted, type RunContext } from '@routeprofile/schema';
import { Problems } from '../disk/problems.js';
import { CallReader, type Call } from './calls.js';
import { Choices } from './choices.js';
import { DecimalReader } from './decimals.js';
import type { Engine } from './engines/engine.js';
import { assertHonoured, assertTimes } from './honoured.js';
import { Join, JOINED } from './join.js';
import { cutsByTime, type CompleteImportOptions } from './options.js';
import type { Plan } from './plan.js';
import type { Preset } from './presets/preset.js';
import { openReader } from './readers/open.js';
import type { Reader } from './readers/table.js';
import type { Recipe } from './recipe.js';
import { columnsSaid, presetOf, recipeFor } from './recipe-for.js';
import type { Columns } from './roles.js';
import { ownWords, PERCENT, parseScales, type GivenScales } from './scale.js';
import { ScoreReader } from './scores.js';
import { valuesFromPath } from './sources/from-path.js';
import type { SourceFile } from './sources/sources.js';
import { Cells } from './values.js';

const PROGRESS_EVERY = 1000;

/** What reading has to do with the world. */
export interface ReadContext {
  signal?: AbortSignal | undefined;
  onProgress?: RunContext['onProgress'] | undefined;
  engine: Engine | undefined;
}

export interface ReadFiles {
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
export async function readFiles(
  files: readonly SourceFile[],
  options: CompleteImportOptions,
  add: (call: Call) => Promise<void> | void,
  { signal, onProgress, engine }: ReadContext,
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
  { signal, engine }: Pick<ReadContext, 'signal' | 'engine'>,
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
