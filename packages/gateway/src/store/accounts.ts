import { RouteProfileError } from '@routeprofile/schema';
import type { Limit } from '../contracts/store.js';
import { windowOf } from './window.js';

/** Whole billionths of a dollar, so that sums of any order are exact. */
const UNIT = 1e9;

/** @returns billionths of a dollar @throws RouteProfileError BAD_INPUT for what is not an amount */
export function unitsOf(dollars: number, what: string): number {
  const units = Math.round(dollars * UNIT);
  if (Number.isSafeInteger(units) && units >= 0) return units;
  throw new RouteProfileError('BAD_INPUT', `${what} is ${dollars} dollars, expected a number of at least 0`, {
    hint: 'Look at the prices of the candidates and at the budgets.',
  });
}

/** @param units billionths of a dollar */
export const dollarsOf = (units: number): number => units / UNIT;

/** Money that is held back. */
export interface Held {
  id: string;
  scope: string;
  per: Limit['per'];
  /** The window it counts in. */
  window: string;
  /** Billionths of a dollar. */
  units: number;
}

/** Money of one scope in one window, in billionths of a dollar. */
interface Account {
  per: Limit['per'];
  window: string;
  spent: number;
  held: Map<string, { units: number; expires: number }>;
}

/** Who has spent what, and what is held back for whom. Nothing waits, so that each call is whole before the next. */
export interface Accounts {
  /** @returns undefined when it does not fit */
  reserve(id: string, scope: string, amount: number, limit: Limit, ttlMs: number): Held | undefined;
  /** @returns billionths of a dollar that now count as spent; undefined where nothing changes, as there is no such reservation any more */
  settle(reservation: string, actual: number): number | undefined;
  /** Counts what was spent earlier, unless its window is over. */
  restore(spent: Omit<Held, 'id'>): void;
  /** Dollars spent and held in the present window. */
  spent(scope: string, per: Limit['per']): number;
  /** Accounts that are remembered. */
  readonly size: number;
}

const LEAST_SWEPT = 1_000;
/** Milliseconds by which a clock may be set back without money being forgotten. */
const CLOCKS_ERR_MS = 86_400_000;

/** @param now milliseconds since 1970 */
export function createAccounts(now: () => number): Accounts {
  const accounts = new Map<string, Account>();
  /** Accounts that there were after the last sweep; the next one comes with twice as many, so that each costs next to nothing. */
  let swept = LEAST_SWEPT;
  /** Where each open reservation is held. */
  const holders = new Map<string, Account>();

  const accountOf = (scope: string, per: Limit['per'], window = windowOf(per, now())): Account => {
    const key = JSON.stringify([scope, per, window]);
    const known = accounts.get(key);
    if (known !== undefined) return known;
    if (accounts.size >= swept * 2) sweep();
    const fresh: Account = { per, window, spent: 0, held: new Map() };
    accounts.set(key, fresh);
    return fresh;
  };
  /** Names of windows are in the order of time. One that has just ended, or has yet to come, may be the present one when the clock is set. */
  const isOver = (per: Limit['per'], window: string) => window < windowOf(per, now() - CLOCKS_ERR_MS);
  /** Forgets windows that are over: conversations have budgets, and there is no end of them. */
  const sweep = () => {
    for (const [key, { per, window }] of accounts) if (isOver(per, window)) accounts.delete(key);
    swept = Math.max(LEAST_SWEPT, accounts.size);
  };
  const expire = (account: Account) => {
    for (const [id, { units, expires }] of account.held) {
      if (now() < expires) continue;
      account.held.delete(id);
      holders.delete(id);
      account.spent += units;
    }
  };
  const taken = (account: Account) => {
    expire(account);
    let sum = account.spent;
    for (const { units } of account.held.values()) sum += units;
    return sum;
  };

  return {
    reserve(id, scope, amount, limit, ttlMs) {
      const units = unitsOf(amount, 'what is to be reserved');
      const account = accountOf(scope, limit.per);
      if (taken(account) + units > unitsOf(limit.amount, 'the limit')) return undefined;
      account.held.set(id, { units, expires: now() + ttlMs });
      holders.set(id, account);
      return { id, scope, per: limit.per, window: account.window, units };
    },
    settle(reservation, actual) {
      const units = unitsOf(actual, 'what was spent');
      const account = holders.get(reservation);
      if (account === undefined) return undefined;
      expire(account);
      if (!account.held.delete(reservation)) return undefined;
      holders.delete(reservation);
      account.spent += units;
      return units;
    },
    restore({ scope, per, window, units }) {
      if (!isOver(per, window)) accountOf(scope, per, window).spent += units;
    },
    spent: (scope, per) => dollarsOf(taken(accountOf(scope, per))),
    get size() {
      return accounts.size;
    },
  };
}
