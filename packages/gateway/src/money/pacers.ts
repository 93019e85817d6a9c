import type { KeyConfig } from '../config/config.js';
import type { Route, Snapshot } from '../config/snapshot.js';
import type { StateStore } from '../contracts/store.js';
import type { BudgetConfig } from './budget-config.js';
import { createPacer, type PacedBudget, type Pacer, type PacerState } from './pacer.js';
import { keyScope, routeScope } from './scopes.js';

/** What one paced budget is at. */
export interface PacedState extends PacerState {
  scope: string;
}

/** The pacers of a gateway; their λ outlives a reload. */
export interface Pacers {
  /** Takes the budgets of a configuration; those that it does not name are forgotten. */
  configure(snapshot: Pick<Snapshot, 'keys' | 'routes'>): void;
  /** Of a budget, as the store names it; undefined for one that is not paced. */
  of(scope: string): Pacer | undefined;
  /** A route as it chooses for a key, with what their budgets add to λ; the route itself where none is paced. */
  route(route: Route, key: KeyConfig | undefined): Route;
  readonly states: () => PacedState[];
}

/** @param now milliseconds since 1970 */
export function createPacers(store: Pick<StateStore, 'spent'>, now: () => number): Pacers {
  let pacers = new Map<string, Pacer>();
  /** Made anew with each configuration, as routes are. */
  let paced = new WeakMap<Route, Map<string, Route>>();
  const spent = (scope: string, per: BudgetConfig['per']) => store.spent(scope, per);

  return {
    configure(snapshot) {
      const before = pacers;
      paced = new WeakMap();
      pacers = new Map(
        pacedBudgets(snapshot).map((budget) => {
          const known = before.get(budget.scope);
          known?.configure(budget);
          return [budget.scope, known ?? createPacer(budget, spent, now)];
        }),
      );
    },
    of: (scope) => pacers.get(scope),
    route(route, key) {
      const own = key?.budget?.pacing && keyScope(key.id);
      const shared = route.settings.budget?.pacing && routeScope(route.name);
      if (own === undefined && shared === undefined) return route;
      const byKey = paced.get(route) ?? new Map<string, Route>();
      paced.set(route, byKey);
      const known = byKey.get(own ?? '');
      if (known) return known;
      const holding = [own, shared].flatMap((scope) => (scope === undefined ? [] : (pacers.get(scope) ?? [])));
      // The price of a dollar that two budgets limit is the sum of both: each has a dual of its own.
      const added = () => holding.reduce((sum, { lambda }) => sum + lambda, 0);
      const moving: Route = { ...route, ...route.wrappedBy([], added), added };
      byKey.set(own ?? '', moving);
      return moving;
    },
    states: () => [...pacers].map(([scope, pacer]) => ({ scope, ...pacer.look() })),
  };
}

function pacedBudgets({ keys, routes }: Pick<Snapshot, 'keys' | 'routes'>): PacedBudget[] {
  const budget = (scope: string, config: BudgetConfig | undefined, over: readonly Route[]): PacedBudget[] =>
    config?.pacing ? [{ ...config, pacing: config.pacing, scope, learned: over.flatMap(learnedBy) }] : [];
  return [
    ...keys.flatMap((key) => {
      const over = key.routes?.flatMap((name) => routes.get(name) ?? []) ?? [...routes.values()];
      return budget(keyScope(key.id), key.budget, over);
    }),
    ...[...routes.values()].flatMap((route) => budget(routeScope(route.name), route.settings.budget, [route])),
  ];
}

function learnedBy({ router }: Route): PacedBudget['learned'] {
  const { lambda, pacing } = router.cost ?? {};
  return lambda !== undefined && pacing ? [{ lambda, pacing }] : [];
}
