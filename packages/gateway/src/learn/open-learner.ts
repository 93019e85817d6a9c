import { learnerNamed } from '@routeprofile/routers';
import { messageWithHint, RouteProfileError, type LearnerStrategy, type Logger } from '@routeprofile/schema';
import type { Clock } from '../clock.js';
import type { GatewayConfig } from '../config/config.js';
import type { Report } from '../config/problems.js';
import type { StateStore } from '../contracts/store.js';
import type { ReadQueries } from '../decide/read-queries.js';
import type { RequestRouter } from '../decide/request-router.js';
import type { SteppedRouter } from './learned-route.js';
import { createRouteLearner, type RouteLearner } from './route-learner.js';

/** What learning stands on, whatever the route. */
export interface LearningParts {
  queries: ReadQueries;
  store: StateStore;
  /** Learners that may be named. Default: the built-in ones. */
  learners?: readonly LearnerStrategy[];
  logger: Logger | undefined;
}

export const isStepped = (router: RequestRouter): router is SteppedRouter => router.steps !== undefined;

/** The learner of a route that is to learn; undefined where it is not, or after a report. */
export function openLearner(
  name: string,
  router: RequestRouter,
  { routes, feedback, seed }: GatewayConfig,
  { queries, store, learners, logger }: LearningParts,
  clock: Clock,
  report: Report,
): RouteLearner | undefined {
  const settings = Object.hasOwn(routes, name) ? routes[name]!.learn : undefined;
  if (settings === undefined || settings.mode === 'off') return undefined;
  const path = `routes.${name}.learn`;
  if (!isStepped(router)) {
    report(
      path,
      'its router cannot be learned around, as it has no `steps`; what openRouter and requestRouter give has them',
    );
    return undefined;
  }
  try {
    const { learner: strategy, options } = learnerNamed(settings.strategy, learners);
    const learner = strategy.begin(router.steps.router, options, { seed, ...(logger && { logger }) });
    const { trains } = feedback;
    return createRouteLearner({
      ...{ route: name, encoder: router.encoder, settings, learner, trains, queries, store, clock, logger },
    });
  } catch (error) {
    if (!RouteProfileError.isInstance(error)) throw error;
    report(path, messageWithHint(error));
    return undefined;
  }
}
