import { RouteProfileError } from '@routeprofile/schema';
import type { Asked } from './calls.js';
import { someOf } from '../dataset/text.js';
import { cutsByTime, type CompleteImportOptions } from './options.js';
import { JOINED, type Join, type JoinedRole } from './join.js';
import { fieldAt, isFields, parsePath, recordsAt, type Fields, type Path } from './paths.js';
import { planImport, type Plan } from './plan.js';
import { answering } from './presets/answering.js';
import { presetNamed, recognise, type Recognised } from './presets/index.js';
import type { Preset, PresetCall } from './presets/preset.js';
import { SaidScores } from './said-scores.js';
import { assertNoPromptfooTable } from './presets/promptfoo.js';
import type { Reader, TableRecord } from './readers/table.js';
import { assertRecordsPath } from './readers/json.js';
import { ROLES, type Columns, type Role } from './roles.js';
import { isFlag, isLowGood, ScoreNames, type NamedScores } from './score-names.js';
import type { SourceFile } from './sources/sources.js';
import type { SystemParts } from './systems.js';
import { Measured, Units } from './units.js';
import { isUnmeasured } from './values.js';

/** How the records of a file become calls. */
export interface Recipe {
  plan: Plan;
  preset: Preset | undefined;
  /** Where its records are. */
  records: Path;
  /** Each call that a record tells of. */
  calls(record: TableRecord): readonly RecordCall[];
  /** Takes down what a record says of the call of another; called for all records before anything else. */
  gather?: (record: TableRecord) => void;
  /** The named scores of its calls, where one name is chosen for the whole import: counted before anything is read. */
  scoresOf?: (record: TableRecord) => readonly NamedScores[];
}

interface RecordCall {
  /** Under the plan's column names. */
  fields: Fields;
  /** Of a preset. */
  asked?: Asked;
}

const countOne = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

/** What recipes of several files have in common, and what was left out or chosen on the way. */
export class Choices {
  /** Second files, by what they give. */
  readonly joins: Partial<Record<JoinedRole, Join>> = {};

  /** Why there was no call in a record, and in how many. */
  readonly skipped = new Map<string, number>();
  /** What was left out of calls or chosen, and of how many. */
  readonly notes = new Map<string, number>();
  /** Judgements that stand in records of their own. */
  readonly said = new SaidScores();
  /** Names of scores, counted before one is read of all records. */
  readonly names = new ScoreNames();
  readonly units: Units;
  /** Roles whose field, which was asked for, some record of a preset has. */
  readonly reached = new Set<Role>();
  /** Of each task, the variant that is read, and the score where names were not counted. */
  private readonly variants = new Map<unknown, string>();
  private readonly scores = new Map<unknown, string>();
  readonly variantsRead = new Set<string>();
  readonly variantsLeft = new Map<string, number>();
  readonly scoresRead = new Set<string>();
  readonly scoresLeft = new Set<string>();

  /** The name or path of the score that was asked for. */
  readonly score: string | undefined;
  /** The variant, likewise. */
  private readonly variant: string | undefined;

  constructor({ variant, columns, latencyUnit }: CompleteImportOptions) {
    this.variant = variant;
    this.score = columns.score;
    this.units = new Units(latencyUnit);
  }

  skip(reason: string): void {
    countOne(this.skipped, reason);
  }

  note(note: string): void {
    countOne(this.notes, note);
  }

  /** Of several readings of the same answers, one per task: the first. Of several ways of running a model all, unless one was asked for. */
  takes({ variant, system, task }: PresetCall): boolean {
    if (variant === undefined) return this.variant === undefined || this.takesSystem(system, this.variant);
    if (!this.variants.has(task)) this.variants.set(task, this.variant ?? variant);
    if (this.variants.get(task) === variant) {
      this.variantsRead.add(variant);
      return true;
    }
    countOne(this.variantsLeft, variant);
    return false;
  }

  private takesSystem(system: SystemParts | undefined, asked: string): boolean {
    const parts = Object.values(system ?? {});
    if (parts.includes(asked)) {
      this.variantsRead.add(asked);
      return true;
    }
    countOne(this.variantsLeft, parts[0] ?? 'others');
    return false;
  }

  /** What can be done where no score was read: undefined where there is none of any name. */
  hint(): string | undefined {
    if (this.scoresLeft.size === 0) return undefined;
    const why = (name: string): string =>
      isLowGood(name)
        ? ' (low may be the good end)'
        : isFlag(name)
          ? ' (may say no more than that the call worked)'
          : '';
    return `Scores of other names are there: ${someOf([...this.scoresLeft].map((name) => `${name}${why(name)}`))}. --score NAME takes one; --scores FILE brings others.`;
  }

  /** Of several scores the one that was asked for, else the best name of all records, else the first of each task. */
  scoreOf({ scores: given, flags, score, task }: PresetCall): unknown {
    if (given === undefined) return this.score === undefined ? score : undefined;
    const scores = { ...given, ...flags };
    const names = Object.keys(scores);
    const first = this.scores.get(task) ?? names.find((name) => !isLowGood(name));
    if (first !== undefined) this.scores.set(task, first);
    const chosen = this.score ?? (this.names.any ? this.names.best() : first);
    if (chosen !== undefined && names.includes(chosen)) this.scoresRead.add(chosen);
    for (const name of names) if (name !== chosen) this.scoresLeft.add(name);
    return chosen === undefined ? undefined : scores[chosen];
  }
}

const PATH_PREFIX = 'path:';
/** The name under which a value from the path stands among the fields. */
const pathColumn = (role: string): string => `${PATH_PREFIX}${role}`;

/** How to read a file: as a preset when one knows its shape or was asked for, else by its columns. */
export async function recipeFor(
  file: SourceFile,
  reader: Reader,
  options: CompleteImportOptions,
  choices: Choices,
  fromPath: Partial<Record<Role, string>>,
): Promise<Recipe> {
  const found = presetOf(file, reader, options);
  return found === undefined
    ? byColumns(file, reader, options, choices, fromPath)
    : byPreset(found, options, choices, file, fromPath);
}

/** Records and formats that the user describes are read as described. */
export function presetOf(
  { portable }: SourceFile,
  { sample }: Reader,
  options: CompleteImportOptions,
): Recognised | undefined {
  if (options.preset === 'none') return undefined;
  if (options.preset !== undefined) return presetNamed(options.preset, sample, portable);
  if (options.records !== undefined || options.format !== 'auto' || options.models !== undefined) return undefined;
  return recognise(sample, portable);
}

function byPreset(
  { preset, records: place }: Recognised,
  options: CompleteImportOptions,
  choices: Choices,
  { portable }: SourceFile,
  fromPath: Partial<Record<Role, string>>,
): Recipe {
  const { joins } = choices;
  // A column of what a second file gives is one of that file.
  const given = Object.entries(options.columns)
    .filter(([role]) => !(role in joins))
    .map(([role, name]) => ({ role: role as Role, name, path: parsePath(name) }));
  const overridden = (record: TableRecord): Fields =>
    Object.fromEntries(
      given.map(({ role, name, path }) => {
        const value = deepIn(record.fields, record.outer, name, path);
        if (value !== undefined) choices.reached.add(role);
        return [role, role in UNIT_ROLES ? new Measured(value, name) : value];
      }),
    );
  const plan: Plan = {
    ...{ format: 'long', suffixes: {}, models: [], units: {}, unused: [], otherScores: [] },
    columns: Object.fromEntries(
      ROLES.filter((role) => role !== 'split' || !cutsByTime(options)).map((role) => [role, role]),
    ),
  };
  const callsOf = ({ fields, outer }: TableRecord) =>
    preset.calls(fields, { path: portable, outer, said: choices.said });
  return {
    plan,
    preset,
    records: options.records === undefined ? place : recordsPath(options.records),
    ...(preset.says && {
      gather: ({ fields }) => {
        for (const one of preset.says?.(fields) ?? []) choices.said.add(one);
      },
    }),
    ...(countsJoined(choices) && {
      scoresOf: (record) => ('skipped' in callsOf(record) ? [] : [{ scores: joins.score?.find(record, preset) ?? {} }]),
    }),
    ...(joins.score === undefined &&
      choices.score === undefined &&
      preset.ownScores === true && {
        scoresOf: (record) => {
          const said = callsOf(record);
          return 'skipped' in said ? [] : said;
        },
      }),
    calls(record) {
      const said = callsOf(record);
      if ('skipped' in said) {
        choices.skip(said.skipped);
        return [];
      }
      if (said.length === 0) {
        // It has no call that could lack a score, yet what was said of it fits a record.
        joins.score?.find(record, preset);
        joins.query?.find(record, preset);
        return [];
      }
      const { score: ownScore, ...own } = overridden(record);
      const scored = joins.score?.of(record, preset);
      const asked = joins.query?.of(record, preset);
      const [query, model] = [firstOf(asked, 'query'), firstOf(asked, 'model')];
      const taken = said
        .filter((call) => choices.takes(call))
        .map((call) => (model === undefined ? call : { ...call, ...answering(model, call.model) }));
      // What was said of a role by the user needs no note.
      for (const { notes = {} } of taken)
        for (const [role, note] of Object.entries(notes))
          if (!(role in own || role in fromPath)) for (const one of [note].flat()) choices.note(one);
      return taken.map(({ scores, flags, variant: _, notes: __, whole, system, label, step, ...call }) => {
        const fields = {
          ...call,
          ...(query !== undefined && { query }),
          // What was asked for is a path, or the name of a score.
          score:
            ownScore !== undefined
              ? ownScore
              : choices.scoreOf(
                  joins.score === undefined ? { ...call, scores, flags } : { ...call, scores: scored ?? {} },
                ),
          ...fromPath,
          ...own,
        };
        const isNamed = model !== undefined || 'model' in own || 'model' in fromPath;
        return {
          fields: inOurUnits(fields, choices.units),
          asked: {
            ...(query === undefined && !('query' in own) && { whole }),
            ...(system !== undefined && { system }),
            ...(step !== undefined && { step }),
            ...(label !== undefined && !isNamed && { label }),
            isQuestionId: preset.questionIds === true && !('id' in own),
          },
        };
      });
    },
  };
}

const UNIT_ROLES = { latency: true, cost: true } as const;

/** Numbers whose unit their names may tell, with that unit. */
const inOurUnits = (fields: Fields, units: Units): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([role, field]) => {
      if (!(field instanceof Measured) || typeof field.unit === 'number' || isUnmeasured(field.value))
        return [role, field];
      return [role, new Measured(field.value, units.of(role === 'cost' ? 'cost' : 'latency', field.unit))];
    }),
  );

/** A second file has several scores of which none was asked for. */
const countsJoined = ({ joins, score }: Choices): boolean =>
  score === undefined && joins.score !== undefined && joins.score.names.size > 1;

function recordsPath(text: string): Path {
  const path = parsePath(text);
  if (path === null)
    throw new RouteProfileError('BAD_OPTION', `records: ${JSON.stringify(text)} is not a path`, {
      hint: 'Give the keys that lead to the records, with points between, such as results.results.',
    });
  assertRecordsPath(path);
  return path;
}

async function byColumns(
  file: SourceFile,
  reader: Reader,
  options: CompleteImportOptions,
  choices: Choices,
  fromPath: Partial<Record<Role, string>>,
): Promise<Recipe> {
  const [document] = reader.sample;
  if (options.records === undefined && reader.isDocument && isFields(document))
    assertNoPromptfooTable(document, file.path);
  const records = options.records === undefined ? placeOfRecords(file.path, reader) : recordsPath(options.records);
  const roles = Object.keys(fromPath) as Role[];
  const joined = Object.keys(JOINED).filter(
    (role): role is JoinedRole => choices.joins[role as JoinedRole] !== undefined,
  );
  // A column of what a second file gives is one of that file.
  const own = Object.fromEntries(Object.entries(options.columns).filter(([role]) => !(role in choices.joins)));
  const added = [
    ...roles.map((role) => [role, pathColumn(role)] as const),
    ...joined.map((role) => [role, `join:${role}`] as const),
  ];
  const plain = await reader.header(records);
  if (plain.length === 0)
    throw new RouteProfileError('BAD_INPUT', `${file.path}: holds no rows, or rows without any field`, {
      hint: records.length > 0 ? 'Look whether --records names the place of the records.' : 'Look into the file.',
    });
  // Values that lie deeper, around the records, in the path or in another file, are put among the fields.
  const deeper = Object.values(own)
    .filter((name) => !plain.includes(name))
    .map((name) => ({ name, path: parsePath(name) }));
  const reached = await reachedBy(reader, records, deeper);
  const put = Object.fromEntries(roles.map((role) => [pathColumn(role), fromPath[role]]));
  const columns = { ...own, ...Object.fromEntries(added) };
  const plan = planImport(
    [...plain, ...reached, ...added.map(([, name]) => name)],
    { ...options, columns },
    file.path,
    choices.units,
  );
  if (joined.includes('score') && plan.models.length > 0)
    throw new RouteProfileError(
      'BAD_OPTION',
      `${file.path}: has a row per query, to which a file of scores cannot be joined`,
      {
        hint: 'Scores of another file belong to calls: name the column of the model with --model.',
      },
    );
  return {
    plan,
    preset: undefined,
    records,
    ...(countsJoined(choices) && {
      scoresOf: (record) => [{ scores: choices.joins.score?.find(record, undefined) ?? {} }],
    }),
    calls(record) {
      const { fields, outer } = record;
      if (deeper.length + added.length === 0) return [{ fields }];
      const found = Object.fromEntries(
        joined.map((role) => {
          const values = choices.joins[role]!.of(record, undefined);
          return [`join:${role}`, role === 'score' ? choices.scoreOf({ scores: values ?? {} }) : firstOf(values, role)];
        }),
      );
      return [
        {
          fields: {
            ...fields,
            ...Object.fromEntries(deeper.map(({ name, path }) => [name, deepIn(fields, outer, name, path)])),
            ...put,
            ...found,
          },
        },
      ];
    },
  };
}

/** Of joined values the first of a name: the file has one query for each id. */
function firstOf(values: Fields | undefined, name: string): unknown {
  const value = values?.[name];
  return Array.isArray(value) ? (value as unknown[])[0] : value;
}

const deepIn = (fields: Fields, outer: Fields, name: string, path: Path | null): unknown =>
  fieldAt(fields, name, path) ?? fieldAt(outer, name, path);

/** The names that lead somewhere in a record, or around them. */
async function reachedBy(
  reader: Reader,
  records: Path,
  names: readonly { name: string; path: Path | null }[],
): Promise<string[]> {
  const left = new Map(names.map(({ name, path }) => [name, path]));
  if (left.size > 0)
    for await (const { fields, outer } of reader.records(records)) {
      for (const [name, path] of left) if (deepIn(fields, outer, name, path) !== undefined) left.delete(name);
      if (left.size === 0) break;
    }
  return names.map(({ name }) => name).filter((name) => !left.has(name));
}

/** Where the records of a JSON document are, if it is one object with one list of objects in it. */
function placeOfRecords(path: string, { sample, isDocument }: Reader): Path {
  const [only, ...others] = sample;
  if (!isDocument || others.length > 0 || !isFields(only)) return [];
  const lists = listsIn(only);
  if (lists.length === 1) return lists[0]!;
  if (lists.length === 0) return [];
  throw new RouteProfileError(
    'BAD_INPUT',
    `${path}: is an object with several lists of records: ${someOf(lists.map((list) => list.join('.')))}`,
    { hint: `Say which one: --records ${lists[0]!.join('.')}` },
  );
}

const DEEPEST = 4;

/** Paths of lists of objects that are not messages, outside of other lists. */
function listsIn(value: Fields, at: readonly string[] = []): string[][] {
  return Object.entries(value).flatMap(([key, member]) => {
    const path = [...at, key];
    if (Array.isArray(member)) {
      const items = [...recordsAt(member, [])];
      const isRecords = items.length > 0 && items.every(isFields) && !items.some((item) => 'role' in item);
      return isRecords ? [path] : [];
    }
    return isFields(member) && path.length < DEEPEST ? listsIn(member, path) : [];
  });
}

/** Columns for messages: those of the table, or what a preset reads, with what was given and what the path says. */
export function columnsSaid(
  { plan, preset }: Recipe,
  given: Columns,
  fromPath: Partial<Record<Role, string>>,
): Columns {
  const said = preset === undefined ? plan.columns : { ...preset.reads, ...given };
  const named = Object.fromEntries(Object.keys(fromPath).map((role) => [role, 'the path']));
  return {
    ...said,
    ...Object.fromEntries(Object.entries(named).filter(([role]) => given[role as Role] === undefined)),
  };
}
