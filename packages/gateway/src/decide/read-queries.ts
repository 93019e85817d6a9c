import { rowOf } from '@routeprofile/schema';
import { createRecent } from '../recent.js';
import type { RequestRouter } from './request-router.js';

/** What is known of how one request was decided, beside the decision. */
interface ReadQuery {
  /** By the router's encoder; absent where it reads none. */
  vector?: Float32Array;
  /** Judged decisions that the router had learned from; absent where nothing is learned. */
  learned?: number;
}

/** The requests that were decided last, by their ids. */
export interface ReadQueries {
  note(id: string, facts: ReadQuery): void;
  get(id: string): ReadQuery | undefined;
}

/** Requests that are remembered: with vectors of 512 numbers, 20 MB. */
const MOST = 10_000;

export function createReadQueries(most = MOST): ReadQueries {
  const known = createRecent<string, ReadQuery>(most);
  return {
    note: (id, facts) => known.set(id, { ...known.get(id), ...facts }),
    get: (id) => known.get(id),
  };
}

/** The router with the vectors of what it reads remembered. */
export const withVectorsNoted = (router: RequestRouter, queries: ReadQueries): RequestRouter => ({
  ...router,
  route(texts, options = {}) {
    const { ids, onVectors } = options;
    if (ids === undefined) return router.route(texts, options);
    return router.route(texts, {
      ...options,
      onVectors(vectors) {
        onVectors?.(vectors);
        // A copy: a row would keep the whole batch in memory.
        ids.forEach((id, i) => queries.note(id, { vector: rowOf(vectors, i).slice() }));
      },
    });
  },
});
