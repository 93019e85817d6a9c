import { createMatrix, type LearnedRouter } from '@routeprofile/schema';
import type { ReadQueries } from '../decide/read-queries.js';
import { inSteps, type RequestRouter, type Steps } from '../decide/request-router.js';

/** What a route's router learned up to now. */
interface Learned {
  readonly latest: LearnedRouter;
}

/** A router that something can learn around. */
export type SteppedRouter = RequestRouter & { steps: Steps };

/** The router that decides by what was learned. Each request is decided by one snapshot. */
export const followingLearned = (router: SteppedRouter, learned: Learned, queries: ReadQueries): RequestRouter => ({
  ...router,
  route: inSteps(router.steps.read, async (batch, ctx) => {
    const { version, router: latest } = learned.latest;
    const decisions = await latest.decide(batch, ctx);
    for (const id of batch.ids ?? []) queries.note(id, { learned: version });
    return decisions;
  }),
});

/** The fitted router, where it decides in the place of what was learned: its records say so. */
export const insteadOfLearned = (router: RequestRouter, queries: ReadQueries): RequestRouter => ({
  ...router,
  async route(texts, options = {}) {
    const decisions = await router.route(texts, options);
    for (const id of options.ids ?? []) queries.note(id, { learned: 0 });
    return decisions;
  },
});

/**
 * The router that says what would be decided by what was learned, from vectors that were read before: it never encodes.
 * Its `route` takes one text with its id, and gives no decision for what was not read.
 */
export const shadowOf = (router: RequestRouter, learned: Learned, queries: ReadQueries): RequestRouter => ({
  ...router,
  async route(texts, { requirements, ids } = {}) {
    const vector = queries.get(ids?.[0] ?? '')?.vector;
    if (router.encoder !== null && vector === undefined) return [];
    return learned.latest.router.decide(
      {
        texts,
        ...(ids && { ids }),
        ...(vector && { vectors: createMatrix(1, vector.length, vector), encoder: router.encoder! }),
        ...(requirements && { requirements }),
      },
      { seed: 0 },
    );
  },
});
