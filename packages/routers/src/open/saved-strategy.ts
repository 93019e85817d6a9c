import {
  parseStrategyReference,
  RouteProfileError,
  type RouterArtifact,
  type RouterStrategy,
  type RouterWrapper,
} from '@routeprofile/schema';
import { wrapStrategy } from '../wrappers/wrap-strategy.js';

/** Strategies to find a saved router's among, by name. */
export interface KnownStrategies {
  routers: readonly RouterStrategy[];
  /** Wrappers that may stand around it (default: none). */
  wrappers?: readonly RouterWrapper[];
}

function named<T extends { name: string }>(kind: 'router' | 'wrapper', list: readonly T[], name: string): T {
  const found = list.find((strategy) => strategy.name === name);
  if (found) return found;
  throw new RouteProfileError('UNKNOWN_NAME', `the ${kind} ${name} of this saved router is not among those given`, {
    hint: list.length > 0 ? `Given: ${list.map((strategy) => strategy.name).join(', ')}.` : `No ${kind}s are given.`,
  });
}

/**
 * The strategy that made a saved router, its wrappers around it: `knn+cost`.
 * @throws RouteProfileError UNKNOWN_NAME for a router or a wrapper that is not among those given
 */
export function savedStrategy(
  { strategy }: Pick<RouterArtifact['manifest'], 'strategy'>,
  { routers, wrappers = [] }: KnownStrategies,
): RouterStrategy {
  const { name, wrappers: around = [] } = parseStrategyReference(strategy);
  const inside = named('router', routers, name);
  if (around.length === 0) return inside;
  return wrapStrategy(
    inside,
    around.map((wrapper) => ({ wrapper: named('wrapper', wrappers, wrapper.name) })),
  );
}
