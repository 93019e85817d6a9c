import type { Logger } from '@routeprofile/schema';
import type { Database } from './database.js';

/** Milliseconds between comparisons. */
const COMPARE_MS = 60_000;
/** Milliseconds of difference that an operator should know of. */
const ODD_MS = 2_000;

/** The database's clock as seen from here, so that all replicas agree on when a window ends. */
export interface DatabaseClock {
  /** Milliseconds since 1970. */
  now(): number;
  close(): void;
}

/** @param given another clock, which takes its place @throws RouteProfileError NETWORK */
export async function openClock(
  database: Database,
  given: (() => number) | undefined,
  logger: Logger | undefined,
): Promise<DatabaseClock> {
  if (given) return { now: given, close() {} };
  let ahead = 0;
  let told = false;
  const compare = async () => {
    const sent = Date.now();
    const sql = 'select extract(epoch from clock_timestamp())::float8 * 1000 as ms';
    const [row] = await database.query<{ ms: number }>(sql);
    if (row === undefined) return;
    ahead = row.ms - (sent + Date.now()) / 2;
    if (Math.abs(ahead) < ODD_MS || told) return;
    told = true;
    const seconds = (Math.abs(ahead) / 1000).toFixed(1);
    logger?.warn(
      `the clock of this machine is ${seconds} seconds ${ahead > 0 ? 'behind' : 'ahead of'} that of the database; budgets go by the latter`,
    );
  };
  await compare();
  const timer = setInterval(() => void compare().catch(() => {}), COMPARE_MS);
  timer.unref();
  return { now: () => Date.now() + ahead, close: () => clearInterval(timer) };
}
