import { withExploration, type ExplorationSettings } from '@routeprofile/routers';
import { explained, type Decision, type Router } from '@routeprofile/schema';
import type { ServedWrapper } from './wrappers.js';

/**
 * Tries models that are nearly the best, among those that can be called: of one that cannot, another would answer, and nobody would know the
 * chance of that.
 * @param callable asked for each model of each decision
 */
export const exploring = (
  settings: ExplorationSettings,
  seed: number,
  callable: (model: string) => boolean,
): ServedWrapper => ({
  name: 'explore',
  keepsPersonalData: false,
  wrap: (router) => withExploration(callableOnly(router, callable), { ...settings, seed }),
});

const callableOnly = (router: Router, callable: (model: string) => boolean): Router => ({
  models: router.models,
  decide: async (...asked) => (await router.decide(...asked)).map((decision) => amongCallable(decision, callable)),
  save: () => router.save(),
});

/** The decision among the models that can be called; as it is where none can. */
function amongCallable(decision: Decision, callable: (model: string) => boolean): Decision {
  const ranked = decision.ranked.filter(({ model }) => callable(model));
  const first = ranked[0];
  if (first === undefined || ranked.length === decision.ranked.length) return decision;
  if (first.model === decision.model) return { ...decision, ranked };
  const text = `${decision.model} cannot be called now; ${first.model} is the best of those that can`;
  return explained({ ...decision, model: first.model, ranked }, 'callable', text);
}
