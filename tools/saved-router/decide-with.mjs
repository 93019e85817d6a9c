import { createHashEncoder } from '@routeprofile/encoders';
import { builtInWrappers, openRouterFrom, unpackRouter } from '@routeprofile/routers';

/** What decides with packed routers, of which `routers` are the strategies: decisions by the router's name. */
export const decideWith =
  (routers) =>
  async ({ queries, routers: packed }) => {
    const encoder = createHashEncoder({ dimensions: 128 });
    const decisions = {};
    for (const [name, saved] of Object.entries(packed)) {
      const router = await openRouterFrom(unpackRouter(saved), { encoder, routers, wrappers: builtInWrappers });
      decisions[name] = await router.route(queries);
    }
    return decisions;
  };
