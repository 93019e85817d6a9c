import { RouteProfileError } from '@routeprofile/schema';
import type { DecisionRecord } from '../contracts/record.js';
import type { Feedback, Limit, StateStore, Topic } from '../contracts/store.js';
import { windowOf } from './window.js';

/** How a store in memory is made; all optional. */
export interface MemoryStoreOptions {
  /** Milliseconds since 1970. Default: the platform's clock. */
  now?: () => number;
  /** Decisions that are kept; the oldest are forgotten first. Default 10,000. */
  maxRecords?: number;
}

/** Whole billionths of a dollar, so that sums of any order are exact. */
const UNIT = 1e9;

function unitsOf(dollars: number, what: string): number {
  const units = Math.round(dollars * UNIT);
  if (Number.isSafeInteger(units) && units >= 0) return units;
  throw new RouteProfileError('BAD_INPUT', `${what} is ${dollars} dollars, expected a number of at least 0`, {
    hint: 'Look at the prices of the candidates and at the budgets.',
  });
}

/** Money of one scope in one window. */
interface Account {
  window: string;
  spent: number;
  held: Map<string, { amount: number; expires: number }>;
}

interface Kept {
  at: number;
  record: DecisionRecord;
  feedback: Feedback[];
}

/** Everything is forgotten when the process ends, and no other process sees it. */
export function memoryStore({ now = Date.now, maxRecords = 10_000 }: MemoryStoreOptions = {}): StateStore {
  const accounts = new Map<string, Account>();
  /** Where each open reservation is held. */
  const holders = new Map<string, Account>();
  const records = new Map<string, Kept>();
  const subscribers = new Map<Topic, Set<(value: unknown) => void>>();
  let reservations = 0;
  let appended = 0;

  const accountOf = (scope: string, per: Limit['per']): Account => {
    const key = JSON.stringify([scope, per]);
    const window = windowOf(per, now());
    const known = accounts.get(key);
    if (known?.window === window) return known;
    const fresh: Account = { window, spent: 0, held: new Map() };
    accounts.set(key, fresh);
    return fresh;
  };
  const expire = (account: Account) => {
    for (const [id, { amount, expires }] of account.held) {
      if (now() < expires) continue;
      account.held.delete(id);
      holders.delete(id);
      account.spent += amount;
    }
  };
  const taken = (account: Account) => {
    expire(account);
    let sum = account.spent;
    for (const { amount } of account.held.values()) sum += amount;
    return sum;
  };

  return {
    async reserve(scope, amount, limit, ttlMs) {
      const asked = unitsOf(amount, 'what is to be reserved');
      const account = accountOf(scope, limit.per);
      if (taken(account) + asked > unitsOf(limit.amount, 'the limit')) return null;
      const id = `r${++reservations}`;
      account.held.set(id, { amount: asked, expires: now() + ttlMs });
      holders.set(id, account);
      return { id };
    },
    async settle(reservation, actual) {
      const spent = unitsOf(actual, 'what was spent');
      const account = holders.get(reservation);
      if (account === undefined) return;
      expire(account);
      if (!account.held.delete(reservation)) return;
      holders.delete(reservation);
      account.spent += spent;
    },
    spent: async (scope, per) => taken(accountOf(scope, per)) / UNIT,

    async append(added) {
      for (const record of added) {
        if (records.has(record.id)) continue;
        records.set(record.id, { at: ++appended, record, feedback: [] });
        const [oldest] = records.keys();
        if (records.size > maxRecords && oldest !== undefined) records.delete(oldest);
      }
    },
    find: async (id) => records.get(id)?.record,
    async feedback(said) {
      const kept = records.get(said.decision);
      if (kept === undefined || kept.record.tenant !== said.tenant) return 'unknown';
      if (kept.feedback.some(({ id }) => id === said.id)) return 'duplicate';
      kept.feedback.push(said);
      return 'stored';
    },
    async *read(from = '0') {
      const after = Number(from);
      for (const { at, record, feedback } of records.values())
        if (at > after) yield { cursor: String(at), record, feedback: [...feedback] };
    },

    publish(topic, value) {
      for (const on of subscribers.get(topic) ?? []) on(value);
    },
    subscribe(topic, on) {
      const listening = subscribers.get(topic) ?? new Set();
      subscribers.set(topic, listening.add(on));
      return () => void listening.delete(on);
    },
    async close() {
      subscribers.clear();
    },
  };
}
