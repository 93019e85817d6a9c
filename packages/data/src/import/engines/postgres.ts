import type { Client } from 'pg';
import { messageOf, notInstalled, RouteProfileError, throwIfAborted } from '@routeprofile/schema';
import { plain } from '../readers/plain.js';
import { SAMPLED, type Reader } from '../readers/table.js';
import { onceMore, rowsReader, type Engine, type EngineOptions } from './engine.js';

type Pg = typeof import('pg').default;
type Row = Record<string, unknown>;

/** Rows that a cursor hands over at once. */
const ROWS_AT_ONCE = 5_000;

async function loadPg(): Promise<Pg> {
  try {
    return (await import('pg')).default;
  } catch (cause) {
    throw notInstalled(['pg'], 'which talks to Postgres', cause);
  }
}

/**
 * Postgres by `pg`. A query is read by a cursor, in a transaction that may write nothing.
 * Without a URL, what the environment says (PGHOST, PGUSER, PGPASSWORD …).
 * @throws RouteProfileError UNSUPPORTED where `pg` is not installed, BAD_OPTION for a URL that cannot be read
 */
export async function openPostgres({ database, signal }: EngineOptions): Promise<Engine> {
  const pg = await loadPg();
  const clients = new Set<Client>();
  const connect = async (): Promise<Client> => {
    const client = clientOf(pg, database);
    clients.add(client);
    client.on('end', () => clients.delete(client));
    // A connection that is lost is told by the statement that is under way.
    client.on('error', () => undefined);
    await client.connect().catch((cause: unknown) => {
      throw unreachable(cause, database);
    });
    return client;
  };
  return {
    open: (sql, name) => openQuery(connect, sql, name, signal),
    // A query whose columns were refused is looked at, and never read to its end.
    close: async () => void (await Promise.all([...clients].map((client) => client.end().catch(() => undefined)))),
  };
}

function clientOf(pg: Pg, database: string | undefined): Client {
  const types = new pg.TypeOverrides();
  // A span stays as Postgres writes it: `00:01:30`.
  types.setTypeParser(pg.types.builtins.INTERVAL, String);
  try {
    return new pg.Client({
      ...(database !== undefined && { connectionString: database }),
      application_name: 'routeprofile',
      types,
      keepAlive: true,
    });
  } catch {
    // What `pg` says of a URL may repeat its password.
    throw new RouteProfileError('BAD_OPTION', 'database: the URL of Postgres cannot be read', {
      hint: 'Write postgres://USER:PASSWORD@HOST:PORT/DATABASE, with signs such as # / ? @ in the password as %23 %2F %3F %40.',
    });
  }
}

async function openQuery(
  connect: () => Promise<Client>,
  sql: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Reader> {
  const lots = () => lotsOf(connect, sql, name, signal);
  const begun = lots();
  const next = await begun.next();
  const first = next.done === true ? { header: [], rows: [] } : next.value;
  const once = onceMore(begun, [first], lots);
  return rowsReader(
    name,
    first.header,
    async function* () {
      for await (const { rows } of once()) yield rows;
    },
    first.rows.slice(0, SAMPLED),
  );
}

async function* lotsOf(
  connect: () => Promise<Client>,
  sql: string,
  name: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ header: string[]; rows: Row[] }> {
  throwIfAborted({ signal });
  const client = await connect();
  // The connection's end ends what the server is at.
  const stop = (): void => void client.end().catch(() => undefined);
  signal?.addEventListener('abort', stop);
  try {
    await client.query('BEGIN READ ONLY');
    // A named statement is a single one: nothing can follow the query.
    await client.query({ name: 'declare', text: `DECLARE rows_of_query NO SCROLL CURSOR FOR ${sql}` });
    for (;;) {
      throwIfAborted({ signal });
      const { fields, rows } = await client.query<Row>(`FETCH ${ROWS_AT_ONCE} FROM rows_of_query`);
      const header = fields.map((field) => field.name);
      assertDistinct(header, name);
      yield { header, rows: rows.map((row) => plain(row) as Row) };
      if (rows.length < ROWS_AT_ONCE) return;
    }
  } catch (cause) {
    throwIfAborted({ signal });
    throw RouteProfileError.isInstance(cause) ? cause : failed(name, cause);
  } finally {
    signal?.removeEventListener('abort', stop);
    await client.end().catch(() => undefined);
  }
}

function assertDistinct(header: readonly string[], name: string): void {
  const twice = header.find((one, i) => header.indexOf(one) !== i);
  if (twice !== undefined)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${name}: gives the column ${JSON.stringify(twice)} twice, expected once`,
      {
        hint: 'Name one of the two otherwise: SELECT … AS other_name.',
      },
    );
}

const failed = (name: string, cause: unknown): RouteProfileError =>
  new RouteProfileError('BAD_INPUT', `${name}: Postgres: ${messageOf(cause)}`, {
    hint: 'Correct the query: one SELECT, which writes nothing. See whether the user may read its tables.',
    cause,
  });

/** What codes of the system and of Postgres mean to who connects. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'nothing answers there'],
  ['ENOTFOUND', 'there is no such host'],
  ['ETIMEDOUT', 'the host does not answer'],
  ['28P01', 'the password is not right'],
  ['28000', 'the user may not connect'],
  ['3D000', 'there is no such database'],
  ['53300', 'it has no connection to spare'],
]);

/** Without anything secret: messages of the system name hosts, those of Postgres users. */
function unreachable(cause: unknown, database: string | undefined): RouteProfileError {
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'no code';
  const reason = REASONS.get(code);
  return new RouteProfileError(
    'NETWORK',
    `Postgres: cannot connect${reason === undefined ? '' : `: ${reason}`} (${code})`,
    {
      hint: `See whether the database is up, and whether host, user, password and database ${database === undefined ? 'in PGHOST, PGUSER, PGPASSWORD and PGDATABASE' : 'of its URL'} are right.`,
    },
  );
}
