import { createMatrix, type LearnedRouter, type Logger } from '@routeprofile/schema';
import { elseFitted } from '../decide/else-fitted.js';
import type { ReadQueries } from '../decide/read-queries.js';
import type { RequestRouter } from '../decide/request-router.js';

/** What a route's router learned up to now. */
interface Learned {
  readonly latest: LearnedRouter;
}

export type Steps = NonNullable<RequestRouter['steps']>;

/**
 * The router that decides by what was learned. Each request is decided by one snapshot. Where the learner cannot go around the router, the
 * fitted router decides, and that is said once.
 * @param name of the route
 */
export function followingLearned(
  router: RequestRouter & { steps: Steps },
  name: string,
  learned: Learned,
  queries: ReadQueries,
  logger: Logger | undefined,
): RequestRouter {
  const { steps } = router;
  const decide = elseFitted(steps.router, `routes.${name}.learn`, logger);
  return {
    ...router,
    async route(texts, { requirements, ids, signal, onVectors } = {}) {
      const batch = await steps.read(texts, { ...(signal && { signal }) });
      if (batch.vectors) onVectors?.(batch.vectors);
      const { version, router: latest } = learned.latest;
      for (const id of ids ?? []) queries.note(id, { learned: version });
      return decide(
        latest,
        { ...batch, ...(ids && { ids }), ...(requirements && { requirements }) },
        { seed: 0, ...(signal && { signal }) },
      );
    },
  };
}

/**
 * The router that says what would be decided by what was learned, from vectors that were read before: it never encodes.
 * Its `route` takes one text with its id; what was not read gives no decision.
 */
export function shadowOf(
  router: RequestRouter & { steps: Steps },
  name: string,
  learned: Learned,
  queries: ReadQueries,
  logger: Logger | undefined,
): RequestRouter {
  const decide = elseFitted(router.steps.router, `routes.${name}.learn`, logger);
  return {
    ...router,
    async route(texts, { requirements, ids } = {}) {
      const vector = queries.get(ids?.[0] ?? '')?.vector;
      if (router.encoder !== null && vector === undefined) return [];
      return decide(
        learned.latest.router,
        {
          texts,
          ...(ids && { ids }),
          ...(vector && { vectors: createMatrix(1, vector.length, vector), encoder: router.encoder! }),
          ...(requirements && { requirements }),
        },
        { seed: 0 },
      );
    },
  };
}
