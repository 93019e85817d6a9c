import { RouteProfileError, type Logger } from '@routeprofile/schema';
import type { Driver } from './driver.js';

/** Milliseconds for which nobody tries again after the database could not be reached. */
const REST_MS = 500;

/** SQLSTATE of a statement that the server ended, as it took too long. */
const CANCELED = '57014';

/** Statements in one database. */
export interface Database {
  /** @throws RouteProfileError BAD_INPUT for what the database refuses; NETWORK, at once while it is known to be down */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Resolves while it can be written to. @throws RouteProfileError NETWORK, OUTPUT_UNWRITABLE */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** What the database says, where it could be reached and refuses a statement. */
export const refusalOf = (error: unknown): RouteProfileError | undefined =>
  RouteProfileError.isInstance(error) && error.code !== 'NETWORK' ? error : undefined;

/** Says once that the database is down, and once that it is back. */
export function openDatabase(driver: Driver, logger: Logger | undefined): Database {
  const pool = driver.pool();
  // A connection that breaks while nobody uses it: the next statement has another.
  pool.on('error', () => {});
  let down: { since: number; until: number; error: RouteProfileError } | undefined;

  const failed = (error: unknown): RouteProfileError => {
    const fault = driver.faultOf(error);
    // One statement that took too long says nothing of the others.
    if (refusalOf(fault) || (error as { code?: unknown }).code === CANCELED) return fault;
    const now = performance.now();
    if (down === undefined)
      logger?.warn(`${fault.message}. Until it is back budgets go by \`onDown\`, and decisions wait in memory`);
    down = { since: down?.since ?? now, until: now + REST_MS, error: fault };
    return fault;
  };
  const answered = () => {
    if (down === undefined) return;
    logger?.info(`Postgres is back after ${((performance.now() - down.since) / 1000).toFixed(1)} seconds`);
    down = undefined;
  };
  const database: Database = {
    async query<Row>(sql: string, values: readonly unknown[] = []) {
      if (down !== undefined && performance.now() < down.until) throw down.error;
      try {
        const { rows } = await pool.query(sql, [...values]);
        answered();
        return rows as Row[];
      } catch (error) {
        throw failed(error);
      }
    },
    async check() {
      const sql = `select current_setting('transaction_read_only') = 'on' as frozen`;
      const [row] = await database.query<{ frozen: boolean }>(sql);
      if (row?.frozen)
        throw new RouteProfileError('OUTPUT_UNWRITABLE', 'the database can only be read', {
          hint: 'Name the primary server, not a standby, and see whether default_transaction_read_only is set.',
        });
    },
    close: () => pool.end(),
  };
  return database;
}
