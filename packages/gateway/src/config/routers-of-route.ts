import type { Clock } from '../clock.js';
import { batchedRouter } from '../decide/batched-router.js';
import { withEndpointsOnly } from '../decide/callable.js';
import { elseRouter } from '../decide/else-router.js';
import { exploring } from '../decide/exploring.js';
import { withVectorsNoted } from '../decide/read-queries.js';
import type { RequestRouter } from '../decide/request-router.js';
import { distrustOf, withQueriesWatched } from '../decide/watched.js';
import { withMovingLambda, wrapRouter, type ServedWrapper } from '../decide/wrappers.js';
import { followingLearned, insteadOfLearned, shadowOf } from '../learn/learned-route.js';
import { isStepped, openLearner } from '../learn/open-learner.js';
import type { GatewayConfig, RouteConfig } from './config.js';
import type { LiveFacts } from './live-facts.js';
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

type Routers = Pick<Route, 'router' | 'still' | 'wrappedBy' | 'notes' | 'learner' | 'shadow'>;

/**
 * The routers of a route, from the inside: what was fitted or learned, in batches, among models with an endpoint; what is believed of models that have become worse; what
 * the configuration and the request put around; what explores, as a wrapper outside of it would change a choice whose chance nobody
 * knew then; and who stands in, which leaves the choice alone.
 */
export function routersOf({ name, router, settings, around, config, clock, live, report }: RouteParts): Routers {
  const { learning, drift, callable = () => true } = live;
  const logger = learning?.logger;
  const learner = learning && openLearner(name, router, config, learning, clock, report);
  const served = new Set(config.endpoints.map(({ candidate }) => candidate));
  const notes = learning !== undefined && (learner !== undefined || config.log.vectors);
  const batched = (deciding: RequestRouter): RequestRouter => {
    const noting = notes ? withVectorsNoted(deciding, learning.queries) : deciding;
    const watched = settings.drift && drift ? withQueriesWatched(noting, name, drift) : noting;
    return withEndpointsOnly(batchedRouter(watched, settings.batch, clock), served);
  };
  // Within all else, so that costs and constraints weigh what is still believed.
  const believed = settings.drift?.action === 'distrust' && drift ? [distrustOf(router, drift)] : [];
  const inside = [...believed, ...around.filter((wrapper) => wrapper.name !== 'fallback')];
  const standIns = around.filter((wrapper) => wrapper.name === 'fallback');

  const fitted = batched(router);
  const stepped = learner && learning && isStepped(router) ? { learner, router, queries: learning.queries } : undefined;
  const followed = settings.learn?.mode === 'live' ? stepped : undefined;
  const learned = followed && batched(followingLearned(followed.router, followed.learner, followed.queries));

  const wrappedBy: Route['wrappedBy'] = (more, added) => {
    const wrappers = [...inside, ...more];
    const outer = added ? withMovingLambda(wrappers, added) : wrappers;
    const wrapped = (inner: RequestRouter) => wrapRouter(inner, outer);
    const plain = wrapped(followed ? insteadOfLearned(fitted, followed.queries) : fitted);
    const still = learned ? elseRouter(wrapped(learned), plain, `routes.${name}.learn`, logger) : plain;
    const explored = settings.explore && wrapRouter(still, [exploring(settings.explore, config.seed, callable)]);
    const router = explored ? elseRouter(explored, still, `routes.${name}.explore`, logger) : still;
    return { still: wrapRouter(still, standIns), router: wrapRouter(router, standIns) };
  };
  const shadow =
    stepped && !followed
      ? {
          learner: stepped.learner,
          router: elseRouter(
            wrapRouter(withEndpointsOnly(shadowOf(router, stepped.learner, stepped.queries), served), inside),
            { ...router, route: async () => [] },
            `routes.${name}.learn`,
            logger,
          ),
        }
      : undefined;
  return { ...wrappedBy([]), wrappedBy, notes, ...(learner && { learner }), ...(shadow && { shadow }) };
}
