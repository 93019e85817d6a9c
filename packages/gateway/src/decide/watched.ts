import { withDistrust } from '@routeprofile/routers';
import type { Drift } from '../observe/drift/drift.js';
import type { RequestRouter } from './request-router.js';
import type { ServedWrapper } from './wrappers.js';

/** The router with the vectors of its queries shown to whoever watches them. @param name of the route */
export const withQueriesWatched = (router: RequestRouter, name: string, drift: Drift): RequestRouter => ({
  ...router,
  route(texts, options = {}) {
    const onVectors = drift.queriesOf(name);
    return router.route(texts, onVectors ? { ...options, onVectors } : options);
  },
});

/** Judges candidates that have become worse by those of like profile. */
export const distrustOf = ({ likeness }: RequestRouter, drift: Drift): ServedWrapper => ({
  name: 'distrust',
  wrap: (router) => withDistrust(router, { distrusted: () => drift.distrusted, ...(likeness && { likeness }) }),
  keepsPersonalData: false,
});
