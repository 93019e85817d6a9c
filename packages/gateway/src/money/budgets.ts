import type { KeyConfig } from '../config/config.js';
import type { Route } from '../config/snapshot.js';
import type { Limit } from '../contracts/store.js';
import type { Pacer } from './pacer.js';
import type { Pacers } from './pacers.js';
import { keyScope, routeScope } from './scopes.js';

/** Money that a request counts against. */
export interface Budget {
  kind: 'key' | 'route' | 'session';
  /** Whose it is, as the store names it. */
  scope: string;
  limit: Limit;
  pacer?: Pacer;
}

const NONE: readonly Budget[] = [];

/** Windows of conversations: few last longer, and the store can forget the others. */
const SESSION_WINDOW = 'day';

/**
 * All budgets that a request counts against; each of them holds.
 * @param conversation names it among all, where the route keeps conversations; undefined for any other
 */
export function budgetsOf(
  key: KeyConfig | undefined,
  route: Route | undefined,
  conversation: string | undefined,
  pacers: Pacers,
): readonly Budget[] {
  const own = key?.budget;
  const shared = route?.settings.budget;
  const task = conversation === undefined ? undefined : route?.settings.session?.budget;
  if (own === undefined && shared === undefined && task === undefined) return NONE;
  const budget = (kind: Budget['kind'], scope: string, amount: number, per: Limit['per']): Budget => {
    const pacer = pacers.of(scope);
    return { kind, scope, limit: { amount, per }, ...(pacer && { pacer }) };
  };
  return [
    ...(own ? [budget('key', keyScope(key.id), own.dollars, own.per)] : []),
    ...(shared ? [budget('route', routeScope(route.name), shared.dollars, shared.per)] : []),
    ...(task === undefined ? [] : [budget('session', `session ${conversation}`, task, SESSION_WINDOW)]),
  ];
}
