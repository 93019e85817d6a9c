import { RouteProfileError } from '@routeprofile/schema';
import type { Client, ClientConfig, Pool } from 'pg';
import type { PostgresOptions, PostgresSettings } from './options.js';

/** Milliseconds more that a statement may take here than there, so that the server ends it first and nothing goes on unseen. */
const NETWORK_MS = 1_000;

/** Makes connections to one database. */
export interface Driver {
  pool(): Pool;
  /** @param patienceMs that one statement may take. Default: as configured */
  client(patienceMs?: number): Client;
  /** An error of `pg` as one of ours, without anything secret. */
  faultOf(error: unknown): RouteProfileError;
}

async function loadPg(): Promise<typeof import('pg').default> {
  try {
    const loaded = await import('pg');
    return loaded.default;
  } catch (cause) {
    throw new RouteProfileError('UNSUPPORTED', 'the package pg, which talks to Postgres, is not installed', {
      hint: 'Install it beside RouteProfile: npm install pg',
      cause,
    });
  }
}

/** @throws RouteProfileError UNSUPPORTED where `pg` is not installed, BAD_OPTION for a URL that cannot be read */
export async function openDriver(
  connection: PostgresOptions['connection'],
  { connections, timeoutMs }: PostgresSettings,
): Promise<Driver> {
  const pg = await loadPg();
  if (typeof connection === 'string' && !/^postgres(ql)?:\/\//.test(connection))
    throw unreadable('the URL of Postgres does not begin with postgres://');
  const config: ClientConfig = {
    ...(typeof connection === 'string' ? { connectionString: connection } : connection),
    application_name: 'routeprofile',
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs + NETWORK_MS,
    keepAlive: true,
  };
  const client = (patienceMs = timeoutMs) =>
    new pg.Client({ ...config, statement_timeout: patienceMs, query_timeout: patienceMs + NETWORK_MS });
  const secrets = secretsOf(connection, client);
  const pool = () => new pg.Pool({ ...config, max: connections, idleTimeoutMillis: 30_000 });
  return { pool, client, faultOf: (error) => faultOf(error, secrets) };
}

const unreadable = (what: string) =>
  new RouteProfileError('BAD_OPTION', what, {
    hint: 'Write postgres://USER:PASSWORD@HOST:PORT/DATABASE, with signs such as # / ? @ in the password as %23 %2F %3F %40.',
  });

function secretsOf(connection: PostgresOptions['connection'], client: () => Client): string[] {
  let password: unknown;
  try {
    password = client().password;
  } catch {
    // What `pg` says of a URL may repeat it.
    throw unreadable('the URL of Postgres cannot be read');
  }
  const found = [connection, password].filter((one) => typeof one === 'string' && one !== '') as string[];
  return [...new Set(found.flatMap((secret) => [secret, encodeURIComponent(secret)]))];
}

/** SQLSTATE classes of what is wrong with a statement, its values or its rights: the database itself is up. */
const OF_STATEMENT = /^(0A|21|22|23|42|P0)...$/;

/** What Postgres, the system and `pg` say of a failed statement: BAD_INPUT where the database is up and refuses it, NETWORK otherwise. */
function faultOf(error: unknown, secrets: readonly string[]): RouteProfileError {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const named = typeof code === 'string' ? code : undefined;
  // An error of the system names hosts; its code says all that is needed.
  const ofSystem = named !== undefined && /^E[A-Z]+$/.test(named);
  const said = ofSystem || typeof message !== 'string' || message === '' ? (named ?? 'no reason is given') : message;
  const text = secrets.reduce((whole, secret) => whole.replaceAll(secret, '***'), said);
  if (named !== undefined && OF_STATEMENT.test(named))
    return new RouteProfileError('BAD_INPUT', `Postgres refuses a statement: ${text} (${named})`, {
      hint: 'See whether the user may use the schema, and whether somebody has changed its tables.',
    });
  return new RouteProfileError('NETWORK', `Postgres: ${text}${named && !ofSystem ? ` (${named})` : ''}`, {
    hint: 'See whether the database is up, and whether host, user, password and database of its URL are right.',
  });
}
