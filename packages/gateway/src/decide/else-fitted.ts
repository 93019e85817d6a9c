import { messageOf, RouteProfileError, type Logger, type Router } from '@routeprofile/schema';

/**
 * Decides by one router, and by another one where the first cannot. That no model fulfils a request is an answer, and stays one.
 * @param what names what cannot, in the warning
 */
export function elseFitted(fitted: Router, what: string, logger: Logger | undefined) {
  let warned = false;
  return async (router: Router, ...asked: Parameters<Router['decide']>): ReturnType<Router['decide']> => {
    try {
      return await router.decide(...asked);
    } catch (error) {
      if (!RouteProfileError.isInstance(error) || error.code !== 'UNSUPPORTED') throw error;
      const decisions = await fitted.decide(...asked);
      if (!warned)
        logger?.warn(
          `${what} has no effect: ${[messageOf(error), error.hint].filter((part) => part !== undefined).join('. ')}`,
        );
      warned = true;
      return decisions;
    }
  };
}
