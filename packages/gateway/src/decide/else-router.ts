import { messageWithHint, RouteProfileError, type Logger } from '@routeprofile/schema';
import type { RequestRouter } from './request-router.js';

/**
 * Decides by one router, and by another where the first cannot: that no model fulfils a request is an answer of both, and stays one.
 * @param what names what has no effect then, in a warning that is given once
 */
export function elseRouter(
  router: RequestRouter,
  other: RequestRouter,
  what: string,
  logger: Logger | undefined,
): RequestRouter {
  let warned = false;
  return {
    ...router,
    async route(...asked) {
      try {
        return await router.route(...asked);
      } catch (error) {
        if (!RouteProfileError.isInstance(error) || error.code !== 'UNSUPPORTED') throw error;
        const decisions = await other.route(...asked);
        const why = messageWithHint(error);
        if (!warned) logger?.warn(`${what} has no effect on some requests: ${why}`);
        warned = true;
        return decisions;
      }
    },
  };
}
