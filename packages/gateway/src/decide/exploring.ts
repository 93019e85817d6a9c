import { withExploration, type ExplorationSettings } from '@routeprofile/routers';
import type { Requirements, Router } from '@routeprofile/schema';
import { amongCallable } from './callable.js';
import type { ServedWrapper } from './wrappers.js';

/** Whether a model can be called now for a request that demands this. */
export type Callable = (model: string, demand: Requirements) => boolean;

/**
 * Tries models that are nearly the best, among those that can be called for the request: of one that cannot, another would answer, and nobody
 * would know the chance of that.
 * @param callable asked for each model of each decision
 */
export const exploring = (settings: ExplorationSettings, seed: number, callable: Callable): ServedWrapper => ({
  name: 'explore',
  keepsPersonalData: false,
  wrap: (router) => withExploration(callableOnly(router, callable), { ...settings, seed }),
});

const away = (model: string) => ({ kind: 'callable', text: `${model} cannot be called for this request now` });

const callableOnly = (router: Router, callable: Callable): Router => ({
  models: router.models,
  async decide(queries, ctx) {
    const decisions = await router.decide(queries, ctx);
    return decisions.map((decision, q) => {
      const demand = queries.requirements?.[q] ?? {};
      return amongCallable(decision, (model) => callable(model, demand), away);
    });
  },
  save: () => router.save(),
});
