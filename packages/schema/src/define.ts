import type { Encoder } from './encoder.js';
import type { Metric } from './metric.js';
import type { ProfileStrategy } from './profile.js';
import type { RouterStrategy, RouterWrapper } from './router.js';

/** An encoder by name: what a plugin package exports. `create` is called once a run. */
export interface EncoderPlugin {
  kind: 'encoder';
  specVersion: 1;
  name: string;
  summary: string;
  /** @param argument what follows the colon in `name:argument`, if anything */
  create(argument: string | undefined): Promise<Encoder>;
}

export type Plugin = EncoderPlugin | ProfileStrategy | RouterStrategy | Metric;

type Definition<T> = Omit<T, 'kind' | 'specVersion'>;

/** The `keywords` entry in `package.json` by which `routeprofile plugins` finds a plugin without running it. */
export const PLUGIN_KEYWORD = 'routeprofile-plugin';

export const defineEncoder = (definition: Definition<EncoderPlugin>): EncoderPlugin => ({
  kind: 'encoder',
  specVersion: 1,
  ...definition,
});

export const defineProfile = <O>(definition: Definition<ProfileStrategy<O>>): ProfileStrategy<O> => ({
  kind: 'profile',
  specVersion: 1,
  ...definition,
});

export const defineRouter = <O>(definition: Definition<RouterStrategy<O>>): RouterStrategy<O> => ({
  kind: 'router',
  specVersion: 1,
  ...definition,
});

export const defineWrapper = <O>(definition: Definition<RouterWrapper<O>>): RouterWrapper<O> => ({
  kind: 'wrapper',
  specVersion: 1,
  ...definition,
});

export const defineMetric = (definition: Definition<Metric>): Metric => ({
  kind: 'metric',
  specVersion: 1,
  ...definition,
});
