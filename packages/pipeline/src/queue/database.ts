import { assertPostgresUrl, postgresFault, sleep, unreadablePostgres } from '@routeprofile/providers';
import { notInstalled, RouteProfileError, throwIfAborted, type RunContext } from '@routeprofile/schema';
import type { Pool } from 'pg';
import type PgBoss from 'pg-boss';

/** The schema of the database that holds pg-boss's tables and ours, apart from whatever else is in it. */
const SCHEMA = 'routeprofile_queue';
/** Milliseconds for which a statement is tried again while a database that was reached before is away. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 500;
const CONNECT_MS = 10_000;
const STATEMENT_MS = 60_000;
/** `server_version_num` of Postgres 15. */
const OLDEST_SERVER = 150_000;

/** A database with a queue in it. */
export interface QueueDatabase {
  readonly boss: PgBoss;
  readonly schema: string;
  /** @throws RouteProfileError BAD_INPUT for what the database refuses; NETWORK once it has been away for too long; ABORTED */
  readonly query: <Row>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;
  /** Milliseconds since a statement failed for want of the database; `Infinity` where none did. */
  readonly steadyFor: () => number;
  readonly close: () => Promise<void>;
}

async function loadPackages(): Promise<{ pg: typeof import('pg').default; Boss: typeof PgBoss }> {
  try {
    const [pg, boss] = await Promise.all([import('pg'), import('pg-boss')]);
    return { pg: pg.default, Boss: boss.default };
  } catch (cause) {
    throw notInstalled(['pg@8', 'pg-boss@10'], 'which --queue needs', cause);
  }
}

/**
 * What is kept beside pg-boss's jobs: which runs there are, with what a worker has to know to join one, and their files in parts. Whatever
 * belongs to a run goes with its row.
 */
const tables = (schema: string): string => `
  create table if not exists ${schema}.runs (
    id text primary key, kind text not null, manifest jsonb not null, identity text, owner uuid not null,
    created timestamptz not null default now(), seen timestamptz not null default now());
  create table if not exists ${schema}.files (
    run text not null references ${schema}.runs (id) on delete cascade,
    id uuid not null, part int not null, bytes bytea not null, primary key (id, part));
  create index if not exists files_run on ${schema}.files (run)`;

/**
 * Connects, and makes the tables where they are missing. The packages `pg` and `pg-boss` are loaded only here.
 * @param url `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; never printed
 * @throws RouteProfileError UNSUPPORTED where a package is missing or the server is older than Postgres 15; BAD_OPTION for a URL that
 *   cannot be read; NETWORK
 */
export async function openQueueDatabase(
  url: string,
  ctx: Pick<RunContext, 'signal' | 'logger'>,
): Promise<QueueDatabase> {
  const { pg, Boss } = await loadPackages();
  assertPostgresUrl(url);
  const secrets = [url, passwordOf(url)].filter((secret) => secret !== '');
  const pool: Pool = new pg.Pool({
    connectionString: url,
    application_name: 'routeprofile',
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: STATEMENT_MS + 1000,
    keepAlive: true,
    max: 4,
  });
  let lastAway = -Infinity;
  let reached = false;
  let away = false;
  let givenUp = false;
  // A connection that breaks while nobody uses it: the next statement has another.
  pool.on('error', () => (lastAway = performance.now()));

  const attempt = async (text: string, values: readonly unknown[] | undefined) => {
    try {
      const result = await pool.query(text, values && [...values]);
      if (away) ctx.logger?.info('Postgres is back');
      [reached, away, givenUp] = [true, false, false];
      return result;
    } catch (error) {
      throw postgresFault(error, secrets, 'See whether the user may make schemas and tables in this database.');
    }
  };
  const patiently = async (text: string, values?: readonly unknown[]) => {
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await attempt(text, values);
      } catch (error) {
        const passing = RouteProfileError.isInstance(error) && error.code === 'NETWORK';
        if (!passing) throw error;
        lastAway = performance.now();
        if (!reached || ctx.signal?.aborted) throw error;
        if (givenUp || lastAway > until) {
          // What tidies up does not wait as long again.
          givenUp = true;
          throw new RouteProfileError('NETWORK', `${error.message}, and so for ${PATIENCE_MS / 1000} seconds`, {
            hint: 'See whether the database is up. Then run the same command again: what was finished is kept.',
            cause: error,
          });
        }
        if (!away) ctx.logger?.warn(`${error.message}. Trying again for ${PATIENCE_MS / 1000} seconds`);
        away = true;
        await sleep(PAUSE_MS, ctx.signal).catch(() => throwIfAborted(ctx));
      }
    }
  };
  const boss = new Boss({
    db: { executeSql: (text, values) => patiently(text, values as unknown[] | undefined) },
    schema: SCHEMA,
    // Jobs are looked after by the run that made them, and deleted with it.
    supervise: false,
    schedule: false,
  });
  try {
    const { rows } = await attempt(`select current_setting('server_version_num')::int as version`, undefined);
    const { version } = (rows as { version: number }[])[0]!;
    if (version < OLDEST_SERVER)
      throw new RouteProfileError('UNSUPPORTED', `this is Postgres ${Math.floor(version / 10_000)}`, {
        hint: 'Use Postgres 15 or a newer one.',
      });
    await boss.start();
    await patiently(
      `begin; select pg_advisory_xact_lock(hashtext('${SCHEMA}'), hashtext('tables')); ${tables(SCHEMA)}; commit`,
    );
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    boss,
    schema: SCHEMA,
    query: async <Row>(sql: string, values: readonly unknown[] = []) => (await patiently(sql, values)).rows as Row[],
    steadyFor: () => performance.now() - lastAway,
    async close() {
      await boss.stop({ graceful: false });
      await pool.end();
    },
  };
}

function passwordOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).password);
  } catch {
    // What is said of a URL may repeat it.
    throw unreadablePostgres('the URL of Postgres cannot be read');
  }
}
