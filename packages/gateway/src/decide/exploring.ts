import { withExploration, type ExplorationSettings } from '@routeprofile/routers';
import type { ServedWrapper } from './wrappers.js';

/** Tries models that are nearly the best. */
export const exploring = (settings: ExplorationSettings, seed: number): ServedWrapper => ({
  name: 'explore',
  keepsPersonalData: false,
  wrap: (router) => withExploration(router, { ...settings, seed }),
});
