import type { Clock } from '../clock.js';
import { batchedRouter } from '../decide/batched-router.js';
import { exploring } from '../decide/exploring.js';
import { withVectorsNoted } from '../decide/read-queries.js';
import type { RequestRouter } from '../decide/request-router.js';
import { wrapRouter, type ServedWrapper } from '../decide/wrappers.js';
import { followingLearned, shadowOf } from '../learn/learned-route.js';
import { isStepped, openLearner } from '../learn/open-learner.js';
import type { GatewayConfig, RouteConfig } from './config.js';
import type { LiveFacts } from './open-config.js';
import type { Report } from './problems.js';
import type { Route } from './snapshot.js';

/** What the routers of one route are made of. */
export interface RouteParts {
  name: string;
  router: RequestRouter;
  settings: RouteConfig;
  /** What the configuration puts around it, innermost first. */
  around: readonly ServedWrapper[];
  config: GatewayConfig;
  clock: Clock;
  live: LiveFacts;
  report: Report;
}

type Routers = Pick<Route, 'router' | 'still' | 'inner' | 'outermost' | 'notes' | 'learner' | 'shadow'>;

/**
 * The routers of a route, from the inside: what was fitted or learned, in batches; what the configuration puts around it; what explores, as a
 * wrapper outside of it would change a choice whose chance nobody knew then; and who stands in, which leaves the choice alone.
 */
export function routersOf({ name, router, settings, around, config, clock, live, report }: RouteParts): Routers {
  const { learning } = live;
  const logger = learning?.logger;
  const learner = learning && openLearner(name, router, config, learning, clock, report);
  const notes = learning !== undefined && (learner !== undefined || config.log.vectors);
  const followed = settings.learn?.mode === 'live';
  const deciding =
    learner && followed && isStepped(router)
      ? followingLearned(router, name, learner, learning.queries, logger)
      : router;
  const noting = notes ? withVectorsNoted(deciding, learning.queries) : deciding;
  const inside = around.filter((wrapper) => wrapper.name !== 'fallback');
  const standIns = around.filter((wrapper) => wrapper.name === 'fallback');
  const explore = settings.explore ? [exploring(settings.explore, config.seed, name, logger)] : [];
  const outermost: Route['outermost'] = (inner) => {
    const still = wrapRouter(inner, standIns);
    return { inner, still, router: explore.length > 0 ? wrapRouter(inner, [...explore, ...standIns]) : still };
  };
  const shadow =
    learner && !followed && isStepped(router)
      ? { learner, router: wrapRouter(shadowOf(router, name, learner, learning.queries, logger), inside) }
      : undefined;
  return {
    ...outermost(wrapRouter(batchedRouter(noting, settings.batch, clock), inside)),
    ...{ outermost, notes },
    ...(learner && { learner }),
    ...(shadow && { shadow }),
  };
}
