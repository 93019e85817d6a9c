import type { KeyConfig } from '../../config/config.js';
import type { BudgetConfig } from '../../money/budget-config.js';
import { keyScope, routeScope } from '../../money/scopes.js';
import { windowEnds } from '../../store/window.js';
import type { Serving } from '../context.js';

/** How a budget fares in its present window. */
export interface BudgetState {
  kind: 'key' | 'route';
  /** The key's id, or the route's name. */
  name: string;
  /** Of the whole window. */
  dollars: number;
  per: BudgetConfig['per'];
  /** Dollars that are neither spent nor held. */
  left: number;
  /** Milliseconds until it is whole again. */
  renewsInMs: number;
  /** What a dollar is worth now, in chances of being right per dollar; absent where it is not paced. */
  lambda?: number;
}

/** Budgets that concern whoever asks: its own, and those of routes for who may read what concerns everybody. */
export async function budgetStates(key: KeyConfig | undefined, serving: Serving): Promise<BudgetState[]> {
  const { snapshot, store, clock, pacers } = serving;
  const stateOf = async (kind: BudgetState['kind'], name: string, { dollars, per }: BudgetConfig) => {
    const scope = kind === 'key' ? keyScope(name) : routeScope(name);
    const pacer = pacers.of(scope);
    const left = Math.max(0, dollars - (await store.spent(scope, per)));
    const renewsInMs = windowEnds(per, clock.now());
    return { kind, name, dollars, per, left, renewsInMs, ...(pacer && { lambda: pacer.lambda }) };
  };
  const seesRoutes = key === undefined || key.operator;
  const routes = seesRoutes ? [...snapshot.routes.values()] : [];
  return Promise.all([
    ...(key?.budget ? [stateOf('key', key.id, key.budget)] : []),
    ...routes.flatMap(({ name, settings: { budget } }) => (budget ? [stateOf('route', name, budget)] : [])),
  ]);
}
