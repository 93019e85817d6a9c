import { refusalOf, type Database } from './database.js';
import { expire, freeOf, hold, newLease, type BudgetKey, type Lease } from './lease.js';
import { report, syncCall, type Answer, type Wish } from './lease-reports.js';

/** A request that waits for the database's word. */
interface Waiter {
  units: number;
  /** When it counts in full, by the store's clock. */
  expires: number;
  granted: (reservation: { id: string } | null) => void;
  failed: (error: unknown) => void;
}

/** What all budgets of a process share. */
export interface LaneParts {
  database: Database;
  schema: string;
  share: number;
  ttlMs: number;
  onDown: 'refuse' | 'open';
  now(): number;
  /** Every lease that the database may have. */
  leases: Set<Lease>;
  /** Where each open reservation is held. */
  holders: Map<string, Lease>;
  /** Reports under way. */
  flights: Map<Lease, Promise<unknown>>;
}

/** Milliseconds between one try and the next while others are to give money back. */
const PATIENCE_MS = [10, 20, 40, 80, 160, 320];
/** Milliseconds for which nobody is asked to give back after nobody did: whoever has it may be dead. */
const GIVEN_UP_MS = 1_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The budget of one scope in one window. Requests are served in the order in which they come. */
export interface Lane {
  readonly key: BudgetKey;
  lease(): Lease;
  reserve(units: number, limit: number, expires: number): Promise<{ id: string } | null>;
}

/**
 * Reports, one at a time per lease, and forgets a lease that is over.
 * @param answered is called before another report may begin, which would give back what was just granted
 * @throws RouteProfileError NETWORK
 */
export async function reportOf(
  parts: LaneParts,
  lease: Lease,
  wish: () => Wish,
  answered?: (answer: Answer) => void,
): Promise<Answer> {
  while (parts.flights.has(lease)) await parts.flights.get(lease);
  const { database, schema, share, ttlMs, leases, holders, flights } = parts;
  for (const id of expire(lease, parts.now())) holders.delete(id);
  leases.add(lease);
  const flight = report(database, syncCall(schema), lease, wish(), share, ttlMs);
  flights.set(
    lease,
    flight.catch(() => {}),
  );
  try {
    const answer = await flight;
    if (answer.state !== 'held') {
      // What was open in a lease that had ended is counted in full, as if it had been spent.
      for (const id of lease.open.keys()) holders.delete(id);
      leases.delete(lease);
    }
    answered?.(answer);
    return answer;
  } finally {
    flights.delete(lease);
  }
}

export function openLane(parts: LaneParts, key: BudgetKey): Lane {
  let lease = newLease(key, 0);
  /** For what is granted while the database is down: it was never armed. */
  let unbacked: Lease | undefined;
  let waiters: Waiter[] = [];
  let pumping = false;
  let tries = 0;
  let recallAgain = 0;
  const recall = JSON.stringify({ recall: key });

  /** The lease in use; a new one after one that was given back or has ended. */
  const current = (): Lease => {
    if (lease.known && !parts.leases.has(lease)) lease = newLease(key, lease.limit);
    return lease;
  };
  const grant = (from: Lease, units: number, expires: number) => {
    const id = crypto.randomUUID();
    hold(from, id, units, expires);
    parts.holders.set(id, from);
    return { id };
  };
  /** Grants, in order, what fits. @returns the others */
  const grantFitting = (asked: Waiter[]) =>
    asked.filter(({ units, expires, granted }) => {
      if (units > freeOf(lease)) return true;
      granted(grant(lease, units, expires));
      return false;
    });
  const failAll = (asked: Waiter[], error: unknown) => {
    const opens = parts.onDown === 'open' && refusalOf(error) === undefined;
    if (opens && (unbacked === undefined || unbacked.known || !parts.leases.has(unbacked)))
      parts.leases.add((unbacked = newLease(key, lease.limit)));
    for (const { units, expires, granted, failed } of asked)
      if (opens && unbacked) granted(grant(unbacked, units, expires));
      else failed(error);
  };
  const round = async () => {
    current();
    const asked = grantFitting(waiters.splice(0));
    if (asked.length === 0) return;
    let answer: Answer;
    let refused = asked;
    try {
      const asks = asked.map(({ units }) => units);
      const calls = tries === 0 && performance.now() >= recallAgain;
      const wish = () => ({ asks, keep: 0, recall: calls ? recall : null });
      answer = await reportOf(parts, lease, wish, ({ state }) => {
        if (state !== 'ended') refused = grantFitting(asked);
      });
    } catch (error) {
      failAll(asked, error);
      return;
    }
    if (answer.state === 'ended') {
      waiters = [...asked, ...waiters];
      return;
    }
    const wait = PATIENCE_MS[tries];
    if (refused.length > 0 && answer.elsewhere > 0 && performance.now() >= recallAgain) {
      if (wait !== undefined) {
        tries++;
        waiters = [...refused, ...waiters];
        await pause(wait);
        return;
      }
      recallAgain = performance.now() + GIVEN_UP_MS;
    }
    tries = 0;
    for (const { granted } of refused) granted(null);
  };
  const pump = async () => {
    if (pumping) return;
    pumping = true;
    while (waiters.length > 0) {
      while (parts.flights.has(lease)) await parts.flights.get(lease);
      await round();
    }
    pumping = false;
  };

  return {
    key,
    lease: () => lease,
    async reserve(units, limit, expires) {
      if (units > limit) return null;
      if (limit !== current().limit) {
        // What was taken under another limit may be too much under this one.
        lease.limit = limit;
        lease.until = 0;
      }
      if (!pumping && units <= freeOf(lease)) return grant(lease, units, expires);
      const waiting = new Promise<{ id: string } | null>((granted, failed) =>
        waiters.push({ units, expires, granted, failed }),
      );
      void pump();
      return waiting;
    },
  };
}
