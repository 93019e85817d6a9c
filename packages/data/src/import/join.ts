import { RouteProfileError } from '@routeprofile/schema';
import { someOf } from '../dataset/text.js';
import type { Problems } from '../disk/problems.js';
import type { CompleteImportOptions } from './options.js';
import { fieldAt, isFields, parsePath, type Fields } from './paths.js';
import { scoreValue, type Preset } from './presets/preset.js';
import { questionOf, requestOf } from './presets/wire.js';
import { openReader } from './readers/open.js';
import type { Reader, TableRecord } from './readers/table.js';
import { roleOfName, type Role } from './roles.js';
import { filesOf } from './sources/sources.js';

/** What a second file holds, by role: the flag that names it. */
export const JOINED = { score: 'scores', query: 'queries' } as const satisfies Partial<
  Record<Role, keyof CompleteImportOptions>
>;
export type JoinedRole = keyof typeof JOINED;

type Pair = readonly [record: string, file: string];

interface Entry {
  /** Values by the name of what they are, such as a metric. */
  values: Record<string, unknown[]>;
  used: boolean;
}

/** Fields that name a record: `request_id`, `traceId`. */
const isKey = (name: string): boolean => roleOfName(name)?.role === 'id' || /(?:^|[^a-z])id$|[a-z]Id$/.test(name);

/** Values of a second file, found by an id that it has in common with the records. */
export class Join {
  /** Calls that found their value, and those that did not. */
  found = 0;
  missing = 0;
  /** Values that were given more than once for one id. */
  repeated = 0;
  /** Names of the values. */
  readonly names: ReadonlySet<string>;
  private readonly tables = new Map<string, Map<string, Entry>>();
  private entries = 0;
  private pairs: readonly Pair[] | undefined;

  private constructor(
    readonly role: JoinedRole,
    readonly file: string,
    private readonly header: readonly string[],
    private readonly asked: Pair | undefined,
    private readonly rows: { fields: Fields; values: Record<string, unknown> }[],
  ) {
    this.names = new Set(rows.flatMap(({ values }) => Object.keys(values)));
  }

  /** @throws RouteProfileError BAD_INPUT when the file has no column of what it is to give. */
  static async open(role: JoinedRole, path: string, options: CompleteImportOptions, problems: Problems): Promise<Join> {
    const rows: { fields: Fields; values: Record<string, unknown> }[] = [];
    const header = new Set<string>();
    const asked = options.join === undefined ? undefined : pairOf(options.join);
    for (const file of await filesOf([{ path }])) {
      const reader = await openReader(file.path, options, problems);
      const records = await placeIn(reader);
      const names = await reader.header(records);
      for (const name of names) header.add(name);
      const valueIn =
        role === 'query' && options.columns.query === undefined && reader.sample.some(hasRequest)
          ? ofRequest
          : valuesOf(role, names, options.columns[role], asked?.[1], file.path);
      for await (const { fields } of reader.records(records))
        rows.push({ fields: keysOf(fields, asked?.[1]), values: valueIn(fields) });
    }
    return new Join(role, path, [...header], asked, rows);
  }

  /** The values for a record, by name, counted; undefined where the file has none. */
  of(record: TableRecord, preset: Preset | undefined): Fields | undefined {
    const values = this.find(record, preset);
    if (values === undefined) this.missing++;
    else this.found++;
    return values;
  }

  /** The values for a record, by name, from wherever they stand: those of a call go before those of its trace. */
  find({ fields, outer }: TableRecord, preset: Preset | undefined): Fields | undefined {
    this.pairs ??= this.settle(this.asked === undefined ? this.pairsFor(fields, preset) : [this.asked]);
    const entries = this.pairs.flatMap(([record, column]) => {
      const path = parsePath(record);
      const id = fieldAt(fields, record, path) ?? fieldAt(outer, record, path);
      const entry = id === undefined || id === null ? undefined : this.tables.get(column)?.get(idOf(id));
      return entry === undefined ? [] : [entry];
    });
    for (const entry of entries) entry.used = true;
    return entries.length === 0
      ? undefined
      : (Object.assign({}, ...entries.toReversed().map(({ values }) => values)) as Fields);
  }

  private pairsFor(fields: Fields, preset: Preset | undefined): readonly Pair[] {
    const known = (preset?.joins ?? []).filter(([, column]) => this.header.includes(column));
    if (known.length > 0) return known;
    const same = this.header.filter((name) => isKey(name) && Object.hasOwn(fields, name));
    if (same.length > 0) return same.map((name) => [name, name]);
    throw new RouteProfileError(
      'BAD_INPUT',
      `${this.file}: has no id in common with the records; its columns are ${someOf(this.header, 30)}, those of the records ${someOf(Object.keys(fields), 30)}`,
      { hint: 'Say which columns belong together: --join COLUMN, or --join RECORD_COLUMN=FILE_COLUMN.' },
    );
  }

  /** Each row stands under the first of the columns that it has a value in. */
  private settle(pairs: readonly Pair[]): readonly Pair[] {
    for (const { fields, values } of this.rows) {
      const column = pairs.map(([, name]) => name).find((name) => (fields[name] ?? '') !== '');
      if (column === undefined) continue;
      const table = this.tables.get(column) ?? new Map<string, Entry>();
      this.tables.set(column, table);
      const id = idOf(fields[column]);
      const entry = table.get(id) ?? { values: {}, used: false };
      if (!table.has(id)) this.entries++;
      table.set(id, entry);
      for (const [name, value] of Object.entries(values)) {
        if (value === undefined || value === null || value === '') continue;
        const list = (entry.values[name] ??= []);
        if (list.length > 0) this.repeated++;
        list.push(value);
      }
    }
    this.rows.length = 0;
    return pairs;
  }

  /** Ids of the file that no record had. */
  unused(): number {
    let used = 0;
    for (const table of this.tables.values()) for (const entry of table.values()) if (entry.used) used++;
    return this.entries - used;
  }

  /** @throws RouteProfileError BAD_INPUT when no record found anything. */
  assertUsed(): void {
    if (this.found > 0 || this.missing === 0) return;
    const pairs = (this.pairs ?? []).map(([record, column]) => (record === column ? record : `${record}=${column}`));
    throw new RouteProfileError(
      'BAD_INPUT',
      `${this.file}: none of its ids is that of a record (joined by ${pairs.join(', ')})`,
      {
        hint: `Say which columns belong together: --join COLUMN, or --join RECORD_COLUMN=FILE_COLUMN; its columns are ${someOf(this.header, 30)}.`,
      },
    );
  }
}

const idOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : JSON.stringify(value));

function pairOf(text: string): Pair {
  const [record, column] = text.split('=');
  return [record!.trim(), (column ?? record!).trim()];
}

/** Names a decision of the gateway. In other files a column of this name may hold anything, so that no other records are joined by it. */
const OF_GATEWAY = 'decision';

/** The ids of a row: nothing else of it is kept. */
const keysOf = (fields: Fields, asked: string | undefined): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => isKey(name) || name === OF_GATEWAY || name === asked));

/** A list in an object, such as `data` of an answer of an API. */
async function placeIn(reader: Reader): Promise<string[]> {
  const [only, ...others] = reader.sample;
  const isWrapped =
    reader.isDocument && others.length === 0 && typeof only === 'object' && only !== null && !Array.isArray(only);
  const lists = isWrapped ? Object.entries(only).filter(([, value]) => Array.isArray(value)) : [];
  return Promise.resolve(lists.length === 1 ? [lists[0]![0]] : []);
}

const hasRequest = (value: unknown): boolean => isFields(value) && requestOf(value) !== undefined;

/** A request to a model has the query, and the model that was asked for. */
function ofRequest(fields: Fields): Record<string, unknown> {
  const request = requestOf(fields);
  return request === undefined ? {} : { query: questionOf(request), model: request['model'] };
}

/** How to read the values of a row: a column of scores, or rows of `name` and `value`. */
function valuesOf(
  role: JoinedRole,
  header: readonly string[],
  column: string | undefined,
  key: string | undefined,
  file: string,
): (fields: Fields) => Record<string, unknown> {
  const hasNames = role === 'score' && header.includes('name') && header.includes('value');
  // Rows of `name` and `value` are asked for one of their names.
  if (column !== undefined && !(hasNames && !header.includes(column))) {
    const path = parsePath(column);
    const name = role === 'query' ? role : column;
    return (fields) => ({ [name]: fieldAt(fields, column, path) });
  }
  if (hasNames) return (fields) => ({ [String(fields['name'])]: scoreValue(fields) });
  const named = header
    .filter((name) => name !== key)
    .flatMap((name) => {
      const known = roleOfName(name);
      return known?.role === role ? [{ name, rank: known.rank }] : [];
    })
    .toSorted((a, b) => a.rank - b.rank);
  const names =
    named.length > 0 ? named.map(({ name }) => name) : role === 'score' && header.includes('value') ? ['value'] : [];
  if (names.length === 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${file}: has no column of ${role === 'score' ? 'scores' : 'queries'}; its columns are ${someOf(header, 30)}`,
      {
        hint: `Say which column it is: --${role} COLUMN.`,
      },
    );
  // Of several columns of scores one is read in the end.
  return role === 'score'
    ? (fields) => Object.fromEntries(names.map((name) => [name, fields[name]]))
    : (fields) => ({ [role]: fields[names[0]!] });
}
