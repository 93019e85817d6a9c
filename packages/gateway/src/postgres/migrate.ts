import { RouteProfileError } from '@routeprofile/schema';
import type { Client } from 'pg';
import type { Driver } from './driver.js';
import { schema1 } from './schema-1.js';

/** What makes each version of the one before it; the first makes version 1. None is ever changed, and none deletes what is kept. */
const MIGRATIONS: readonly ((schema: string) => string)[] = [schema1];
/** `server_version_num` of Postgres 15. */
const OLDEST_SERVER = 150_000;
/** Milliseconds for which a replica waits for another one that makes the tables. */
const PATIENCE_MS = 60_000;

/** @returns undefined where there are no tables yet */
async function versionOf(client: Client, schema: string): Promise<number | undefined> {
  const { rows: found } = await client.query(`select to_regclass('${schema}.migrations') is not null as there`);
  if ((found as { there: boolean }[])[0]?.there !== true) return undefined;
  const { rows } = await client.query(`select coalesce(max(version), 0)::int as version from ${schema}.migrations`);
  return (rows as { version: number }[])[0]?.version;
}

function assertKnown(version: number, schema: string): void {
  if (version <= MIGRATIONS.length) return;
  throw new RouteProfileError(
    'UNSUPPORTED',
    `the schema ${schema} of the database has version ${version}, and this program knows versions up to ${MIGRATIONS.length}`,
    { hint: 'Update @routeprofile/gateway here too, or give this program a `schema` of its own.' },
  );
}

/** Several replicas that start at once wait for the first; the lock ends with the transaction, however that ends. */
async function bringUp(client: Client, schema: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`select pg_advisory_xact_lock(hashtext($1), hashtext('migrations'))`, [schema]);
    // Where it is there, its name needs no right to make others.
    const { rows } = await client.query(`select to_regnamespace($1) is null as missing`, [schema]);
    if ((rows as { missing: boolean }[])[0]?.missing) await client.query(`create schema ${schema}`);
    const version = await versionOf(client, schema);
    if (version === undefined)
      await client.query(
        `create table ${schema}.migrations (version int primary key, at timestamptz not null default now())`,
      );
    assertKnown(version ?? 0, schema);
    for (let next = version ?? 0; next < MIGRATIONS.length; next++) {
      await client.query(MIGRATIONS[next]!(schema));
      await client.query(`insert into ${schema}.migrations (version) values ($1)`, [next + 1]);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

/**
 * Makes the tables, or brings them to this version.
 * @throws RouteProfileError UNSUPPORTED for a server older than Postgres 15 and for tables of a newer version; NETWORK
 */
export async function migrate(driver: Driver, schema: string): Promise<void> {
  const client = driver.client(PATIENCE_MS);
  // Connections may break between statements too; the next statement says so.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query(`select current_setting('server_version_num')::int as version`);
    const [server] = rows as { version: number }[];
    if (server === undefined || server.version < OLDEST_SERVER)
      throw new RouteProfileError('UNSUPPORTED', `this is Postgres ${Math.floor((server?.version ?? 0) / 10_000)}`, {
        hint: 'Use Postgres 15 or a newer one.',
      });
    const version = await versionOf(client, schema);
    if (version === MIGRATIONS.length) return;
    assertKnown(version ?? 0, schema);
    await bringUp(client, schema);
  } catch (error) {
    throw RouteProfileError.isInstance(error) ? error : driver.faultOf(error);
  } finally {
    await client.end().catch(() => {});
  }
}
