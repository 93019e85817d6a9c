import type { StateStore } from '../contracts/store.js';
import { openBudgets, type Budgets } from './budgets.js';
import { openClock } from './clock.js';
import { openDatabase } from './database.js';
import { openDecisions } from './decisions.js';
import { openDriver } from './driver.js';
import { openListener } from './listener.js';
import { migrate } from './migrate.js';
import { openNotices } from './notices.js';
import { openSettings, type PostgresOptions } from './options.js';
import { createRowReader } from './rows.js';
import { openWaitingRecords } from './waiting-records.js';

/**
 * A store in Postgres 15 or newer, which several processes share: budgets are exact over all of them, decisions and feedback are kept, and
 * what is published is heard by all. Needs the package `pg`. Tables are made and brought to this version on opening.
 *
 * A process takes money from a budget as a lease and spends it without asking. Over all processes what is spent, held and leased never
 * passes the limit. A lease of a process that died ends after `leaseMs`: what the process had announced for use counts as spent, the rest
 * comes back. `spent` knows of what other processes hold as of their last report, which is at most a second old.
 *
 * While the database is down decisions wait in memory, and reservations go by `onDown`.
 * @throws RouteProfileError BAD_OPTION; UNSUPPORTED where `pg` is missing, the server is too old, or its tables belong to a newer version;
 *   NETWORK where the database cannot be reached at first
 */
export async function openPostgres(given: PostgresOptions): Promise<StateStore> {
  const settings = openSettings(given);
  const { schema, leaseShare, leaseMs, onDown, maxWaiting } = settings;
  const { connection, logger } = given;
  const driver = await openDriver(connection, settings);
  await migrate(driver, schema);
  const database = openDatabase(driver, logger);
  const opened: (() => unknown)[] = [() => database.close()];
  const closeAll = async () => {
    for (const close of opened.reverse()) await close();
  };
  try {
    const clock = await openClock(database, given.now, logger);
    opened.push(() => clock.close());
    const now = () => clock.now();
    const budgets: Budgets = openBudgets({ database, schema, leaseShare, leaseMs, onDown, now, logger });
    opened.push(() => budgets.close());
    const waiting = openWaitingRecords(database, schema, maxWaiting, logger);
    opened.push(() => waiting.close());
    const notices = openNotices(database, schema, (key) => budgets.recalled(key), logger);
    const listener = await openListener(driver, schema, (payload) => notices.heard(payload), logger);
    opened.push(
      () => listener.close(),
      () => notices.clear(),
    );

    let closed: Promise<void> | undefined;
    return {
      ...budgets.money,
      // The statement that is under way, and the one that has the decision.
      ...openDecisions(database, schema, waiting, createRowReader(logger), 2 * settings.timeoutMs),
      ...notices.topics,
      append: (records) => waiting.append(records),
      check: () => database.check(),
      close: () => (closed ??= closeAll()),
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
