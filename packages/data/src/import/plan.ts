import { nameSchema, RouteProfileError } from '@routeprofile/schema';
import { someOf } from '../dataset/text.js';
import { parsePath } from './paths.js';
import { isPandasIndex } from './readers/delimited.js';
import { cutsByTime, type CompleteImportOptions, type TableFormat } from './options.js';
import {
  COMPANIONS,
  looksLikeNoScore,
  roleOfName,
  ROLES,
  type Columns,
  type Companion,
  type Measure,
  type Role,
} from './roles.js';
import { isFlag } from './score-names.js';
import type { Units } from './units.js';

/** How to read a table: settled by the options and the names of its columns. */
export interface Plan {
  format: TableFormat;
  columns: Columns;
  suffixes: Partial<Record<Companion, string>>;
  /** Wide tables: the score columns. */
  models: string[];
  /** What a measure's numbers are divided by to give dollars or seconds. */
  units: Partial<Record<Measure, number>>;
  /** Columns that nothing is read from. */
  unused: string[];
  /** Columns other than the chosen one that look like the score. */
  otherScores: string[];
}

const SUFFIXES: Readonly<Partial<Record<Companion, string>>> = Object.fromEntries(
  COMPANIONS.map((companion) => [companion, `.${companion}`]),
);
/** Roles that say something of one call: a row per query has no use for them. */
const CALL_ROLES: readonly Role[] = ['model', 'score', 'endTime', ...COMPANIONS];

/** @throws RouteProfileError BAD_INPUT naming a column that is missing, or that cannot be what it would be taken for. */
export function planImport(
  header: readonly string[],
  options: CompleteImportOptions,
  file: string,
  units: Units,
): Plan {
  const found = findColumns(header, options);
  const format = options.format === 'auto' ? detectFormat(found.columns, options) : options.format;
  for (const [role, name] of Object.entries(options.columns))
    if (!header.includes(name)) throw missingColumn(file, header, role as Role, name);
  const plan: Plan = {
    format,
    columns: found.columns,
    suffixes: {},
    models: [],
    units: {},
    unused: [],
    otherScores: found.otherScores,
  };
  const complete = format === 'wide' ? widePlan(plan, header, options, file) : longPlan(plan, header, file);
  for (const role of ['latency', 'cost'] as const) {
    const name = format === 'wide' ? companionOf(role, complete, header) : complete.columns[role];
    if (name !== undefined) complete.units[role] = units.of(role, name);
  }
  const read = [...Object.values(complete.columns), ...complete.models, ...companionsOf(complete, header)];
  // A column is used where a path leads into it.
  const used = new Set(read.flatMap((name) => [name, String(parsePath(name)?.[0])]));
  return { ...complete, unused: header.filter((name) => !used.has(name)) };
}

/** Wide tables: the first column that says this of a model. */
const companionOf = (role: Companion, { models, suffixes }: Plan, header: readonly string[]): string | undefined => {
  const suffix = suffixes[role];
  return suffix === undefined
    ? undefined
    : header.find((name) => name.endsWith(suffix) && models.includes(name.slice(0, -suffix.length)));
};

/** The columns that the options name, and, for the other roles, those with usual names. */
function findColumns(header: readonly string[], options: CompleteImportOptions): Pick<Plan, 'columns' | 'otherScores'> {
  const given = new Set([...Object.values(options.columns), ...(options.models ?? [])]);
  const candidates = header
    .filter((name) => !given.has(name))
    .flatMap((name) => {
      const known = roleOfName(name);
      return known === undefined ? [] : [{ name, ...known }];
    });
  const columns: Columns = { ...options.columns };
  let otherScores: string[] = [];
  for (const role of ROLES) {
    if (columns[role] !== undefined || (role === 'split' && cutsByTime(options))) continue;
    const named = candidates.filter((candidate) => candidate.role === role);
    // `score` itself is meant; of other names that look like one, the first column is taken, one that may say no more than that
    // a call worked last of all, and the rest is said.
    const best =
      role === 'score'
        ? (named.find(({ rank }) => rank === 0) ?? named.find(({ name }) => !isFlag(name)) ?? named[0])
        : named.toSorted((a, b) => a.rank - b.rank)[0];
    if (best === undefined) continue;
    columns[role] = best.name;
    if (role === 'score') otherScores = named.filter(({ name }) => name !== best.name).map(({ name }) => name);
  }
  return { columns, otherScores };
}

/** The format that the column names speak of: a column of models means a row per call. */
function detectFormat(columns: Columns, options: CompleteImportOptions): TableFormat {
  if (options.models !== undefined) return 'wide';
  return columns.model === undefined ? 'wide' : 'long';
}

const flagOf = (role: Role | 'models') => `--${role.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
const listOf = (header: readonly string[]) => `its columns are ${someOf(header, 30)}`;

const missingColumn = (file: string, header: readonly string[], role: Role | 'models', name: string) =>
  new RouteProfileError('BAD_INPUT', `${file}: has no column ${JSON.stringify(name)} (${role}); ${listOf(header)}`, {
    hint: `Say which column it is: ${flagOf(role)} COLUMN.`,
  });

function longPlan(plan: Plan, header: readonly string[], file: string): Plan {
  for (const role of ['query', 'model', 'score'] as const) {
    if (plan.columns[role] !== undefined) continue;
    if (role !== 'score') throw missingColumn(file, header, role, role);
    throw new RouteProfileError(
      'BAD_INPUT',
      `${file}: has a row per call, the model being in ${JSON.stringify(plan.columns.model)}, but no column "score" (score); ${listOf(header)}`,
      {
        hint: 'Say which column holds the scores: --score COLUMN, or which file: --scores FILE --join COLUMN. Without scores nothing can be learned: grade the answers first, and add the grades as a column.',
      },
    );
  }
  return plan;
}

function widePlan(plan: Plan, header: readonly string[], options: CompleteImportOptions, file: string): Plan {
  const { columns } = plan;
  if (columns.query === undefined) throw missingColumn(file, header, 'query', 'query');
  const suffixes = { ...SUFFIXES, ...options.suffixes };
  for (const model of options.models ?? [])
    if (!header.includes(model)) throw missingColumn(file, header, 'models', model);
  const taken = new Set(Object.values(columns));
  const companions = new Set(companionsOf({ models: header, suffixes }, header));
  const models =
    options.models ?? header.filter((name) => !taken.has(name) && !companions.has(name) && !isPandasIndex(name));
  if (options.models === undefined) assertScores(plan, models, header, file);
  assertModelNames(models, header, file);
  const kept = Object.fromEntries(Object.entries(columns).filter(([role]) => !CALL_ROLES.includes(role as Role)));
  return { ...plan, columns: kept, suffixes, models, otherScores: [] };
}

/** Columns that are merely not known to be anything else must not become models in silence. */
function assertScores({ columns }: Plan, models: readonly string[], header: readonly string[], file: string): void {
  const hint =
    'Name the score columns with --models A,B; or, for a table with a row per call, its columns with --model and --score.';
  const one = columns.model ?? columns.score;
  if (one !== undefined)
    throw new RouteProfileError(
      'BAD_INPUT',
      columns.model === undefined
        ? `${file}: has the column ${JSON.stringify(one)}, as a table with a row per call, but no column that names the model; ${listOf(header)}`
        : `${file}: cannot be read as a row per query: the column ${JSON.stringify(one)} speaks of a row per call; ${listOf(header)}`,
      { hint },
    );
  if (models.length === 1 && models[0] === 'models')
    throw new RouteProfileError(
      'BAD_INPUT',
      `${file}: has a column "models", as outcomes.jsonl does; ${listOf(header)}`,
      {
        hint: 'If it is an outcomes.jsonl, put it into a folder under that name: nothing has to be imported.',
      },
    );
  const doubtful = models.filter(looksLikeNoScore);
  if (doubtful.length > 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${file}: would take every column that is nothing else as the scores of a model, but ${someOf(doubtful.map((name) => JSON.stringify(name)))} ${doubtful.length === 1 ? 'does' : 'do'} not look like scores; ${listOf(header)}`,
      { hint },
    );
}

function assertModelNames(models: readonly string[], header: readonly string[], file: string): void {
  if (models.length === 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${file}: has no column that could be a model's scores; ${listOf(header)}`,
      {
        hint: 'Name the score columns with --models A,B; or, for a table with a row per call, its columns with --model and --score.',
      },
    );
  for (const model of models) {
    const named = nameSchema.safeParse(model);
    if (!named.success)
      throw new RouteProfileError(
        'BAD_INPUT',
        `${file}: the column ${JSON.stringify(model.slice(0, 40))} cannot be a model: ${named.error.issues[0]!.message}`,
        {
          hint: 'Rename the column, or name the score columns with --models A,B.',
        },
      );
  }
}

/** Wide tables: the columns that say more of a model, such as `gpt-4.cost`. */
function companionsOf(
  { models, suffixes }: Pick<Plan, 'suffixes'> & { models: readonly string[] },
  header: readonly string[],
): string[] {
  if (models.length === 0) return [];
  const known = new Set(models);
  return header.filter((name) =>
    Object.values(suffixes).some((suffix) => name.endsWith(suffix) && known.has(name.slice(0, -suffix.length))),
  );
}
