import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  DuckDBConnection,
  DuckDBInstance,
  DuckDBResult,
  DuckDBType,
  DuckDBValueConverter,
  JS,
} from '@duckdb/node-api';
import { messageOf, notInstalled, RouteProfileError, throwIfAborted } from '@routeprofile/schema';
import { unpacked } from '../paths.js';
import { plain } from '../readers/plain.js';
import { isReadable } from '../readers/open.js';
import { SAMPLED, type Reader } from '../readers/table.js';
import { onceMore, rowsReader, type Engine, type EngineOptions } from './engine.js';

type DuckDb = typeof import('@duckdb/node-api');
type Row = Record<string, unknown>;

/** What DuckDB may hold for itself, beside what is held here; a sort or join beyond that goes to disk. */
const MEMORY_LIMIT = '1GB';

async function loadDuckDb(): Promise<DuckDb> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    throw notInstalled(['@duckdb/node-api'], 'which reads tables by SQL', cause);
  }
}

/**
 * DuckDB in memory, for one import. It opens local files, and nothing else: no extension is installed or loaded but those that were
 * asked for, so that there is no network either, and a query that is not a single SELECT is refused.
 * @throws RouteProfileError UNSUPPORTED where `@duckdb/node-api` is not installed, or an extension cannot be loaded
 */
export async function openDuckDb({ extensions, signal }: EngineOptions): Promise<Engine> {
  const duckdb = await loadDuckDb();
  const scratch = await mkdtemp(join(tmpdir(), 'routeprofile-duckdb-'));
  const closing: (() => unknown)[] = [() => rm(scratch, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  try {
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
      memory_limit: MEMORY_LIMIT,
      temp_directory: scratch,
    });
    closing.push(() => instance.closeSync());
    await settle(instance, extensions);
    return { open: (sql, name) => openQuery(duckdb, instance, sql, name, signal), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function settle(instance: DuckDBInstance, extensions: readonly string[]): Promise<void> {
  const connection = await instance.connect();
  try {
    for (const name of extensions)
      await connection.run(`LOAD '${name}'`).catch((cause: unknown) => {
        throw new RouteProfileError('UNSUPPORTED', `DuckDB cannot load its extension ${name}: ${said(cause)}`, {
          hint: `Install it once, where there is a network: run INSTALL ${name}; in DuckDB of the same version. It keeps extensions in ~/.duckdb.`,
          cause,
        });
      });
    await connection.run('SET lock_configuration = true');
  } finally {
    connection.closeSync();
  }
}

async function openQuery(
  duckdb: DuckDb,
  instance: DuckDBInstance,
  sql: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Reader> {
  throwIfAborted({ signal });
  const connection = await instance.connect();
  try {
    await assertSelect(duckdb, connection, sql, name);
  } finally {
    connection.closeSync();
  }
  const lots = () => lotsOf(duckdb, instance, sql, name, signal);
  const begun = lots();
  const looked: { header: string[]; rows: Row[] }[] = [];
  let sampled = 0;
  while (sampled < SAMPLED) {
    const next = await begun.next();
    if (next.done === true) break;
    looked.push(next.value);
    sampled += next.value.rows.length;
  }
  const header = looked[0]?.header ?? [];
  const once = onceMore(begun, looked, lots);
  return rowsReader(
    name,
    header,
    async function* () {
      for await (const { rows } of once()) yield rows;
    },
    looked.flatMap(({ rows }) => rows).slice(0, SAMPLED),
  );
}

/** @throws RouteProfileError BAD_INPUT for anything but one SELECT. */
async function assertSelect(duckdb: DuckDb, connection: DuckDBConnection, sql: string, name: string): Promise<void> {
  const refuse = (what: string): never => {
    throw new RouteProfileError('BAD_INPUT', `${name}: ${what}, expected one SELECT`, {
      hint: `Such as "SELECT question AS query, model, score FROM 'logs/*.parquet'".`,
    });
  };
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) return refuse(`holds ${statements.count} statements`);
    const statement = await statements.prepare(0);
    const isSelect = statement.statementType === duckdb.StatementType.SELECT;
    statement.destroySync();
    if (!isSelect) return refuse('is another kind of statement');
  } catch (cause) {
    if (isReadable(sql) && !/\bselect\b|\bfrom\b/i.test(sql))
      throw new RouteProfileError(
        'BAD_INPUT',
        `${name}: ${JSON.stringify(sql)} is the name of a file, expected one SELECT`,
        {
          hint: `Omit --engine to read the file as it is, or give "SELECT * FROM '${sql}'".`,
          cause,
        },
      );
    // DuckDB gives no reason where there is nothing but blanks, semicolons and comments.
    if (messageOf(cause).startsWith('Error in native callback')) return refuse('is empty');
    throw RouteProfileError.isInstance(cause) ? cause : failed(name, cause);
  }
}

/** Rows of a query, some thousands at a time, while it runs. */
async function* lotsOf(
  duckdb: DuckDb,
  instance: DuckDBInstance,
  sql: string,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ header: string[]; rows: Row[] }> {
  const connection = await instance.connect();
  const stop = (): void => connection.interrupt();
  signal?.addEventListener('abort', stop);
  try {
    const result = await connection.stream(sql);
    const header = namesOf(result, name);
    const types = result.columnTypes();
    const convert = converterOf(duckdb);
    for (;;) {
      throwIfAborted({ signal });
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) {
        // The names are known even where there is no row.
        return void (yield { header, rows: [] });
      }
      const columns = chunk.convertColumns(convert).map((column, i) => column.map(readerOf(types[i]!)));
      const rows = Array.from({ length: chunk.rowCount }, (_, row) => {
        const fields: Row = {};
        for (let i = 0; i < header.length; i++) fields[header[i]!] = columns[i]![row];
        return fields;
      });
      yield { header, rows };
    }
  } catch (cause) {
    throwIfAborted({ signal });
    throw RouteProfileError.isInstance(cause) ? cause : failed(name, cause);
  } finally {
    signal?.removeEventListener('abort', stop);
    connection.closeSync();
  }
}

function namesOf(result: DuckDBResult, name: string): string[] {
  const header = result.columnNames();
  const twice = header.find((one, i) => header.indexOf(one) !== i);
  if (twice === undefined) return header;
  throw new RouteProfileError('BAD_INPUT', `${name}: gives the column ${JSON.stringify(twice)} twice, expected once`, {
    hint: 'Name one of the two otherwise: SELECT … AS other_name.',
  });
}

/** What JavaScript has no value for is text as SQL writes it: times of day, spans, bits; and integers keep all their digits. */
function converterOf({ DuckDBTypeId: id, DuckDBDecimalValue, JSDuckDBValueConverter }: DuckDb) {
  const written = new Set([id.TIME, id.TIME_TZ, id.TIME_NS, id.INTERVAL, id.BIT]);
  const convert: DuckDBValueConverter<unknown> = (value, type, inner) => {
    if (value !== null && written.has(type.typeId)) return String(value);
    if (value instanceof DuckDBDecimalValue && value.scale === 0) return value.value;
    return JSDuckDBValueConverter(value, type, inner as DuckDBValueConverter<JS>);
  };
  return convert;
}

/** How the values of a column are read: JSON as what it holds, a map as an object. */
function readerOf(type: DuckDBType): (value: unknown) => unknown {
  if (type.alias === 'JSON') return unpacked;
  return 'keyType' in type ? (value) => plain(ofMap(value)) : plain;
}

/** `[{ key, value }]` → `{ [key]: value }` */
const ofMap = (value: unknown): unknown =>
  Array.isArray(value)
    ? Object.fromEntries((value as { key: unknown; value: unknown }[]).map((entry) => [String(entry.key), entry.value]))
    : value;

/** What DuckDB says in its first line, and which names it would have known; not the query with a mark below it. */
function said(cause: unknown): string {
  const [first, ...more] = messageOf(cause).split('\n');
  return [first, ...more.filter((line) => /^(?:Candidate|Did you mean)/.test(line))].join(' ');
}

function failed(name: string, cause: unknown): RouteProfileError {
  const reason = said(cause);
  if (/^out of memory/i.test(reason))
    return new RouteProfileError('LIMIT_EXCEEDED', `${name}: DuckDB needs more than ${MEMORY_LIMIT}: ${reason}`, {
      hint: 'Leave out what sorts or groups all rows (ORDER BY, GROUP BY, DISTINCT, joins), or read less at once.',
      cause,
    });
  const isRemote = /extension|httpfs|https?:\/\/|s3:\/\//i.test(reason);
  return new RouteProfileError('BAD_INPUT', `${name}: ${reason}`, {
    hint: isRemote
      ? 'Extensions and the network are off: name those that the query needs with --extensions, once they are installed.'
      : "Correct the query. A file is named in it, in single quotes: SELECT * FROM 'log.parquet'.",
    cause,
  });
}
