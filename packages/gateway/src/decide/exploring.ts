import { withExploration, type ExplorationSettings } from '@routeprofile/routers';
import type { Router } from '@routeprofile/schema';
import { amongCallable } from './callable.js';
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

const away = (model: string) => ({ kind: 'callable', text: `${model} cannot be called now` });

const callableOnly = (router: Router, callable: (model: string) => boolean): Router => ({
  models: router.models,
  decide: async (...asked) =>
    (await router.decide(...asked)).map((decision) => amongCallable(decision, callable, away)),
  save: () => router.save(),
});
