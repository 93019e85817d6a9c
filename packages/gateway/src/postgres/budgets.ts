import { messageOf, RouteProfileError, type Logger } from '@routeprofile/schema';
import type { Limit, StateStore } from '../contracts/store.js';
import { dollarsOf, unitsOf } from '../store/accounts.js';
import { windowOf } from '../store/window.js';
import type { Database } from './database.js';
import { openLane, reportOf, type Lane, type LaneParts } from './lane.js';
import { expire, freeOf, isDone, release, type BudgetKey, type Lease } from './lease.js';
import { keepOf } from './lease-reports.js';
import type { PostgresSettings } from './options.js';

/** Milliseconds between reports of what was spent, as long as nothing is asked for. */
const REPORT_MS = 1_000;
const LEAST_SWEPT = 1_000;

/** Budgets that several processes share. */
export interface Budgets {
  money: Pick<StateStore, 'reserve' | 'settle' | 'spent'>;
  /** Another process needs what this one does not use. */
  recalled(key: BudgetKey): void;
  /** Gives back what is unused; what is still held counts in full. */
  close(): Promise<void>;
}

export interface BudgetsParts extends Pick<PostgresSettings, 'schema' | 'leaseShare' | 'leaseMs' | 'onDown'> {
  database: Database;
  now: () => number;
  logger: Logger | undefined;
}

export function openBudgets({ database, schema, leaseShare, leaseMs, onDown, now, logger }: BudgetsParts): Budgets {
  const parts: LaneParts = {
    ...{ database, schema, share: leaseShare, ttlMs: leaseMs, onDown, now },
    ...{ leases: new Set(), holders: new Map(), flights: new Map() },
  };
  const { leases, holders, flights } = parts;
  const lanes = new Map<string, Lane>();
  /** Lanes that there were after the last sweep: conversations have budgets too, and there is no end of them. */
  let swept = LEAST_SWEPT;
  let closed: Promise<void> | undefined;

  const laneOf = (scope: string, per: Limit['per']): Lane => {
    const name = JSON.stringify([scope, per]);
    const window = windowOf(per, now());
    const known = lanes.get(name);
    if (known?.key.window === window) return known;
    // The lease of the window before stays among `leases` until all of it is settled.
    if (lanes.size >= swept * 2) {
      for (const [old, { key }] of lanes) if (key.window !== windowOf(key.per, now())) lanes.delete(old);
      swept = Math.max(LEAST_SWEPT, lanes.size);
    }
    const lane = openLane(parts, { scope, per, window });
    lanes.set(name, lane);
    return lane;
  };
  const isCurrent = (lease: Lease) => lanes.get(JSON.stringify([lease.scope, lease.per]))?.lease() === lease;
  const isDue = (lease: Lease) =>
    lease.changed || !lease.sure || freeOf(lease) > 0 || performance.now() > lease.until - leaseMs / 2;
  const tell = async (lease: Lease, keeps: boolean) => {
    const unbacked = lease.known ? 0 : lease.held + lease.settled;
    await reportOf(parts, lease, () => ({ asks: [], keep: keeps ? keepOf(lease) : 0, recall: null }));
    if (unbacked > 0)
      logger?.warn(
        `${dollarsOf(unbacked)} dollars of ${lease.scope} that were granted while Postgres was down count from now on`,
      );
  };
  let looking = false;
  const look = async () => {
    if (looking) return;
    looking = true;
    for (const lease of leases) {
      for (const id of expire(lease, now())) holders.delete(id);
      if (flights.has(lease) || !isDue(lease)) continue;
      // The database says once that it is down; the next look tries again.
      await tell(lease, isCurrent(lease)).catch(() => {});
    }
    looking = false;
  };
  const timer = setInterval(() => void look(), Math.min(REPORT_MS, leaseMs / 5));
  timer.unref();

  return {
    money: {
      async reserve(scope, amount, limit, ttlMs) {
        const units = unitsOf(amount, 'what is to be held');
        if (closed) throw new RouteProfileError('ABORTED', 'the store is closed');
        return laneOf(scope, limit.per).reserve(units, unitsOf(limit.amount, 'the limit'), now() + ttlMs);
      },
      async settle(reservation, actual) {
        const units = unitsOf(actual, 'what was spent');
        const lease = holders.get(reservation);
        if (lease === undefined) return;
        for (const id of expire(lease, now())) holders.delete(id);
        release(lease, reservation, units);
        holders.delete(reservation);
      },
      async spent(scope, per) {
        const window = windowOf(per, now());
        const own = [...leases].filter((one) => one.scope === scope && one.per === per && one.window === window);
        for (const lease of own) await tell(lease, isCurrent(lease));
        const sql = `select ${schema}.spent_in($1, $2, $3) as units`;
        const [row] = await database.query<{ units: string }>(sql, [scope, per, window]);
        return dollarsOf(Number(row?.units ?? 0));
      },
    },
    recalled({ scope, per, window }) {
      const lease = lanes.get(JSON.stringify([scope, per]))?.lease();
      if (lease?.window === window && leases.has(lease)) void tell(lease, false).catch(() => {});
    },
    close() {
      return (closed ??= (async () => {
        clearInterval(timer);
        for (const lease of leases) {
          const open = lease.held;
          for (const [id, { units }] of lease.open) release(lease, id, units);
          if (open > 0)
            logger?.warn(`${dollarsOf(open)} dollars of ${lease.scope} had not been settled, and count in full`);
          await tell(lease, false).catch((error: unknown) => {
            if (!isDone(lease))
              logger?.warn(`what ${lease.scope} spent last is counted as all that was armed: ${messageOf(error)}`);
          });
        }
        holders.clear();
      })());
    },
  };
}
