import type { Limit } from '../contracts/store.js';

/** Whose money it is, and when it is spent. */
export interface BudgetKey {
  scope: string;
  per: Limit['per'];
  window: string;
}

/**
 * Money that this process took from a budget. It may be used up to `armed` without asking; the database counts that much as spent if the
 * process dies. All amounts are billionths of a dollar.
 */
export interface Lease extends BudgetKey {
  readonly id: string;
  /** The budget's limit as the last request said. */
  limit: number;
  /** Of the last report; each has a higher one, so that one which comes late changes nothing. */
  seq: number;
  /** Whether the database is known to have it. */
  known: boolean;
  /** Whether what the database last said holds: not while a report is under way, nor after one that failed. */
  sure: boolean;
  /** `performance.now()` until which it may be used without a new report. */
  until: number;
  armed: number;
  /** Settled since the beginning, and how much of that the database has counted. */
  settled: number;
  reported: number;
  open: Map<string, { units: number; expires: number }>;
  /** Sum of `open`. */
  held: number;
  /** Time of the store's clock before which nothing in `open` expires. */
  nextEnd: number;
  /** Whether something was granted, and whether anything changed, since the last report. */
  used: boolean;
  changed: boolean;
}

export const newLease = (key: BudgetKey, limit: number): Lease => ({
  ...key,
  id: crypto.randomUUID(),
  limit,
  seq: 0,
  known: false,
  sure: false,
  until: 0,
  armed: 0,
  settled: 0,
  reported: 0,
  open: new Map(),
  held: 0,
  nextEnd: Infinity,
  used: false,
  changed: false,
});

/** What is in use of what was armed. */
const usedOf = ({ held, settled, reported }: Lease): number => held + settled - reported;

/** What may be granted without asking. */
export const freeOf = (lease: Lease): number =>
  lease.sure && performance.now() < lease.until ? Math.max(0, lease.armed - usedOf(lease)) : 0;

/** Notes a grant, whether or not it fits. @param expires by the store's clock */
export function hold(lease: Lease, id: string, units: number, expires: number): void {
  lease.open.set(id, { units, expires });
  lease.held += units;
  lease.nextEnd = Math.min(lease.nextEnd, expires);
  lease.used = lease.changed = true;
}

/** Counts what has expired in full. @returns the ids of what has */
export function expire(lease: Lease, now: number): string[] {
  if (now < lease.nextEnd) return [];
  const ended: string[] = [];
  lease.nextEnd = Infinity;
  for (const [id, { units, expires }] of lease.open)
    if (now < expires) lease.nextEnd = Math.min(lease.nextEnd, expires);
    else {
      release(lease, id, units);
      ended.push(id);
    }
  return ended;
}

/** Puts what was spent in the place of what was held. @returns whether it was still held */
export function release(lease: Lease, id: string, spent: number): boolean {
  const found = lease.open.get(id);
  if (found === undefined) return false;
  lease.open.delete(id);
  lease.held -= found.units;
  lease.settled += spent;
  lease.changed = true;
  return true;
}

/** Whether nothing is left to tell the database. */
export const isDone = ({ open, settled, reported }: Lease): boolean => open.size === 0 && settled === reported;
