import { withExploration, type ExplorationSettings } from '@routeprofile/routers';
import type { Logger } from '@routeprofile/schema';
import { elseFitted } from './else-fitted.js';
import type { ServedWrapper } from './wrappers.js';

/**
 * Tries models that are nearly the best. A router that says no chances is followed as it is, and that is said once.
 * @param name of the route
 * @throws RouteProfileError BAD_OPTION
 */
export function exploring(
  settings: ExplorationSettings,
  seed: number,
  name: string,
  logger: Logger | undefined,
): ServedWrapper {
  return {
    name: 'explore',
    keepsPersonalData: false,
    wrap(router) {
      const explored = withExploration(router, { ...settings, seed });
      const decide = elseFitted(router, `routes.${name}.explore`, logger);
      return { ...explored, decide: (queries, ctx) => decide(explored, queries, ctx) };
    },
  };
}
