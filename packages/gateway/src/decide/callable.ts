import { explained, type Decision, type Reason } from '@routeprofile/schema';
import type { RequestRouter } from './request-router.js';

/**
 * The decision among the models that can be called; as it is where none can.
 * @param why why the first choice is passed over; the text goes on with who is chosen in its place
 */
export function amongCallable(
  decision: Decision,
  callable: (model: string) => boolean,
  why: (model: string) => Reason,
): Decision {
  const ranked = decision.ranked.filter(({ model }) => callable(model));
  const first = ranked[0];
  if (first === undefined || ranked.length === decision.ranked.length) return decision;
  if (first.model === decision.model) return { ...decision, ranked };
  const { kind, text } = why(decision.model);
  return explained({ ...decision, model: first.model, ranked }, kind, `${text}; ${first.model} ranks next`);
}

/**
 * A router that chooses only among models that have an endpoint: of another one nobody could ever answer, and records would say that
 * a model failed which was never called.
 * @param served candidates that have an endpoint
 */
export const withEndpointsOnly = (router: RequestRouter, served: ReadonlySet<string>): RequestRouter =>
  router.models.every((model) => served.has(model))
    ? router
    : {
        ...router,
        route: async (...asked) =>
          (await router.route(...asked)).map((decision) =>
            amongCallable(
              decision,
              (model) => served.has(model),
              (model) => ({ kind: 'no-endpoint', text: `${model} has no endpoint here` }),
            ),
          ),
      };
