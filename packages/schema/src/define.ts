import type { Encoder } from './encoder.js';
import type { GraderPlugin } from './grader.js';
import { meanOfCounted, type Metric, type MetricDefinition } from './metric.js';
import type { ProfileStrategy } from './profile.js';
import type { RouterStrategy, RouterWrapper } from './router.js';

/** An encoder by name: what a plugin package exports. `create` is called once per run. */
export interface EncoderPlugin {
  kind: 'encoder';
  specVersion: 1;
  /** The package name; the encoder's `id` is that name, or `package:argument`. */
  name: string;
  /** One line for listings. */
  summary: string;
  /** @param argument what follows the colon in `name:argument`, if anything */
  create(argument: string | undefined): Promise<Encoder>;
}

/** What the default export of a plugin package may be. */
export type Plugin = EncoderPlugin | GraderPlugin | ProfileStrategy | RouterStrategy | Metric;

/** What an author writes of a plugin; `kind` and `specVersion` are added. */
export type Definition<T> = Omit<T, 'kind' | 'specVersion'>;

/** The `keywords` entry in `package.json` by which `routeprofile plugins` finds a plugin without running it. */
export const PLUGIN_KEYWORD = 'routeprofile-plugin';

/** Makes an encoder plugin: adds `kind` and `specVersion`, checks the types, changes nothing else. */
export const defineEncoder = (definition: Definition<EncoderPlugin>): EncoderPlugin => ({
  kind: 'encoder',
  specVersion: 1,
  ...definition,
});

/** Makes a profile strategy: adds `kind` and `specVersion`, and takes the options' type from their zod schema. */
export const defineProfile = <O>(definition: Definition<ProfileStrategy<O>>): ProfileStrategy<O> => ({
  kind: 'profile',
  specVersion: 1,
  ...definition,
});

/** Makes a router strategy: adds `kind` and `specVersion`, and takes the options' type from their zod schema. */
export const defineRouter = <O>(definition: Definition<RouterStrategy<O>>): RouterStrategy<O> => ({
  kind: 'router',
  specVersion: 1,
  ...definition,
});

/**
 * Makes a router wrapper: adds `kind` and `specVersion`. Wrappers are given to `wrapStrategy` of
 * `@routeprofile/routers`; the command line knows the built-in ones only.
 */
export const defineWrapper = <O>(definition: Definition<RouterWrapper<O>>): RouterWrapper<O> => ({
  kind: 'wrapper',
  specVersion: 1,
  ...definition,
});

/** Makes a metric: adds `kind` and `specVersion`, and to one with `perRow` alone the mean over the rows that count. */
export const defineMetric = (definition: MetricDefinition): Metric => ({
  kind: 'metric',
  specVersion: 1,
  ...('evaluate' in definition
    ? definition
    : { ...definition, evaluate: (run) => meanOfCounted(definition.perRow(run)) }),
});

/** Makes a grader: adds `kind` and `specVersion`, and takes the options' type from their zod schema. */
export const defineGrader = <O>(definition: Definition<GraderPlugin<O>>): GraderPlugin<O> => ({
  kind: 'grader',
  specVersion: 1,
  ...definition,
});
