import { assertPostgresUrl, postgresFault, unreadablePostgres } from '@routeprofile/providers';
import { notInstalled, type RouteProfileError } from '@routeprofile/schema';
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
    throw notInstalled(['pg'], 'which talks to Postgres', cause);
  }
}

/** @throws RouteProfileError UNSUPPORTED where `pg` is not installed, BAD_OPTION for a URL that cannot be read */
export async function openDriver(
  connection: PostgresOptions['connection'],
  { connections, timeoutMs }: PostgresSettings,
): Promise<Driver> {
  const pg = await loadPg();
  if (typeof connection === 'string') assertPostgresUrl(connection);
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
  const refused = 'See whether the user may use the schema, and whether somebody has changed its tables.';
  return { pool, client, faultOf: (error) => postgresFault(error, secrets, refused) };
}

function secretsOf(connection: PostgresOptions['connection'], client: () => Client): string[] {
  let password: unknown;
  try {
    password = client().password;
  } catch {
    // What `pg` says of a URL may repeat it.
    throw unreadablePostgres('the URL of Postgres cannot be read');
  }
  return [connection, password].filter((one) => typeof one === 'string' && one !== '') as string[];
}
