import type { Database } from './database.js';
import { freeOf, type Lease } from './lease.js';

/** How a report went: `ended` where the lease was over, and all that was armed is counted as spent. */
export interface Answer {
  state: 'held' | 'closed' | 'ended';
  /** What other processes have and do not use, where that would be enough for an amount that did not fit; else 0. */
  elsewhere: number;
}

/** What a report asks for. */
export interface Wish {
  /** Amounts that requests wait for. */
  asks: readonly number[];
  /** How much to go on with, where nothing is asked for. */
  keep: number;
  /** Is sent to the others when an amount does not fit, and they could give money back; null for nobody. */
  recall: string | null;
}

interface Row {
  state: Answer['state'];
  armed: string;
  elsewhere: string;
}

/** Leases are used no longer than this share of the time for which the database keeps them. */
const USABLE = 0.8;

/**
 * Tells the database what became of a lease, and asks for what is needed. While it is under way the lease grants nothing; if it fails, not
 * before the next that succeeds. At most one at a time per lease.
 * @throws RouteProfileError NETWORK
 */
export async function report(
  database: Database,
  call: string,
  lease: Lease,
  { asks, keep, recall }: Wish,
  share: number,
  ttlMs: number,
): Promise<Answer> {
  const { settled } = lease;
  const sent = performance.now();
  lease.sure = false;
  lease.used = lease.changed = false;
  lease.seq++;
  let row: Row | undefined;
  try {
    const { id, scope, per, window, known, seq, held, limit } = lease;
    const values = [id, scope, per, window, !known, seq, settled, held, asks, keep, limit, share, ttlMs, recall];
    [row] = await database.query<Row>(call, values);
  } catch (error) {
    lease.changed = true;
    throw error;
  }
  if (row === undefined || row.state === 'ended') return { state: 'ended', elsewhere: 0 };
  lease.known = true;
  lease.reported = settled;
  lease.armed = Number(row.armed);
  lease.until = sent + USABLE * ttlMs;
  lease.sure = true;
  return { state: row.state, elsewhere: Number(row.elsewhere) };
}

export const syncCall = (schema: string): string =>
  `select state, armed, elsewhere from ${schema}.sync_lease($1, $2, $3, $4, $5, $6, $7, $8, $9::bigint[], $10, $11, $12, $13, $14)`;

/** What a lease would keep: what it has, if it was used since the last report. */
export const keepOf = (lease: Lease): number => (lease.used ? 2 * freeOf(lease) : 0);
