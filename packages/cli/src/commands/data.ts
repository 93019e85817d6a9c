import {
  importOutcomes,
  ROLES,
  writeSample,
  type ImportedOutcomes,
  type ImportOptions,
  type Role,
  type RowCoverage,
} from '@routeprofile/data';
import { plural, RouteProfileError } from '@routeprofile/schema';
import { checkData } from '@routeprofile/pipeline';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { configOf, type ConfigFlags } from './flags.js';
import { postgresUrl } from './postgres-url.js';
import { formatColumns, formatPairs } from '../ui/format.js';

export async function sampleCommand(dir: string, flags: CommonFlags & { seed?: number[] }, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const written = await writeSample(dir, { seed: flags.seed?.[0] ?? 42 });
  if (flags.json) console.printJson(written);
  else console.print(`Wrote the sample dataset to ${dir}. Its outcomes are simulated; see ${dir}/meta.json.`);
  return 0;
}

function summaryRows(summary: object, prefix = ''): string[][] {
  return Object.entries(summary as Record<string, unknown>).flatMap(([key, value]) => {
    const name = prefix + key;
    if (Array.isArray(value))
      return [[name, value.length > 12 ? `${value.slice(0, 12).join(', ')} … (${value.length})` : value.join(', ')]];
    if (typeof value === 'object' && value !== null) return summaryRows(value, `${name}.`);
    return [[name, String(value)]];
  });
}

/** What kind of data a folder holds: outcomes of every model on every row, or less. */
function coverageLines({ kind, rows, completeRows, oneModelRows, models, notes }: RowCoverage): string[] {
  const count = (n: number) => n.toLocaleString('en-US');
  if (kind === 'complete')
    return [`Complete: all ${models.length} models have an outcome on each of ${plural(rows, 'row')}.`];
  const shown = models.slice(0, 12).map(({ model, outcomes }) => `${model} ${count(outcomes)}`);
  const head =
    kind === 'incomplete'
      ? `Incomplete: ${count(completeRows)} of ${count(rows)} rows have an outcome from all ${models.length} models.`
      : `A log with one model per query: ${count(oneModelRows)} of ${plural(rows, 'row')} (${Math.round((100 * oneModelRows) / rows)} %) have an outcome from one model only.`;
  return [
    head,
    `Outcomes per model: ${shown.join(', ')}${models.length > shown.length ? ` and ${plural(models.length - shown.length, 'more model')}` : ''}.`,
    ...notes,
  ];
}

export async function checkCommand(dir: string, flags: ConfigFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const check = await checkData({ ...configOf(flags), data: dir }, console.context);
  console.settle();
  if (flags.json) console.printJson(check);
  else {
    if (check.summary) {
      const { perTask, ...summary } = check.summary;
      console.print(formatPairs(summaryRows(summary)));
      console.print(
        `\n${formatColumns([['task', 'train', 'test'], ...perTask.map(({ task, train, test }) => [task || '(none)', String(train), String(test)])])}`,
      );
    }
    if (check.coverage) console.print(`\n${coverageLines(check.coverage).join('\n')}`);
    if (check.warnings.length > 0)
      console.print(`\nWarnings from loading it:\n${check.warnings.map((warning) => `- ${warning}`).join('\n')}`);
    if (check.oddities.length > 0) {
      console.print(`\nValid, but looks odd:`);
      for (const { kind, message, examples } of check.oddities)
        console.print([`- ${kind}: ${message}`, ...examples.slice(0, 3).map((example) => `    ${example}`)].join('\n'));
    }
    console.print(
      check.problems.length === 0
        ? '\nNo problems.'
        : `\n${plural(check.problemCount, 'problem')}:\n${check.problems.join('\n')}`,
    );
  }
  return check.problems.length === 0 ? 0 : 2;
}

/** Options of the import that are flags of the same name. */
const PASSED_ON = [
  ...(['preset', 'records', 'format', 'models', 'variant', 'scale', 'scoreScale', 'latencyUnit', 'decimal'] as const),
  ...(['delimiter', 'encoding', 'splitByTime', 'splitTime', 'cards', 'name', 'replace', 'append'] as const),
  ...(['scores', 'queries', 'join', 'good', 'bad'] as const),
  ...(['engine', 'extensions', 'sample', 'seed'] as const),
] satisfies readonly (keyof ImportOptions)[];

/** Flags of `data import`: columns by role, values from paths, and the rest of the options. */
export type ImportFlags = CommonFlags &
  Partial<Record<Role, string>> &
  Pick<ImportOptions, (typeof PASSED_ON)[number]> & {
    database?: string;
    defaultSplit?: string;
    modelFrom?: string;
    taskFrom?: string;
    splitFrom?: string;
  };

export async function importCommand(paths: readonly string[], flags: ImportFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const dir = paths.at(-1)!;
  const sources = paths.slice(0, -1).map((path) => ({ path }));
  if (sources.length === 0)
    throw new RouteProfileError(
      'BAD_OPTION',
      'data import: only one path is given, expected sources and a dataset folder',
      {
        hint: `Such as: data import ${dir} my-data`,
      },
    );
  const database = flags.database === undefined ? undefined : await postgresUrl('--database', flags.database);
  const { defaultSplit: split, modelFrom: model, taskFrom: task, splitFrom } = flags;
  const { signal, onProgress } = console.context;
  const result = await importOutcomes(sources, dir, {
    columns: pick(flags, ROLES),
    fromPath: definedOf({ model, task, split: splitFrom }),
    ...pick(flags, PASSED_ON),
    ...definedOf({ split, database }),
    ...(signal && { signal }),
    onProgress,
  });
  if (flags.json) console.printJson(result);
  else console.print(describeImport(result));
  return 0;
}

/** The members of these names that are not undefined. */
const pick = <T extends object, K extends keyof T>(
  object: T,
  names: readonly K[],
): { [N in K]?: Exclude<T[N], undefined> } =>
  Object.fromEntries(names.flatMap((name) => (object[name] === undefined ? [] : [[name, object[name]]]))) as never;

/** The members that are not undefined. */
const definedOf = <T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;

function describeImport(result: ImportedOutcomes): string {
  const { dir, preset, format, files, rows, models, tasks, columns, unused, warnings } = result;
  const read = Object.entries(columns).map(([role, column]) => (role === column ? role : `${role} from ${column}`));
  const summary = {
    dir,
    ...(preset === null ? { format } : { preset }),
    ...(files > 1 && { files: `${files} read` }),
    queries: `${rows.toLocaleString('en-US')} in outcomes.jsonl`,
    models,
    ...(tasks.length > 0 && { tasks }),
    columns: read,
  };
  return [
    formatColumns(summaryRows({ ...summary, ...(unused.length > 0 && { 'not used': unused }) })),
    ...warnings.map((warning) => `- ${warning}`),
    `Wrote ${dir}. Look at it with: npx @routeprofile/cli data check ${dir}`,
  ].join('\n');
}
