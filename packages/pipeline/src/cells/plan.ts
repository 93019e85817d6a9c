import { formatQuantization, parseQuantization, type Quantization } from '@routeprofile/profiles';
import {
  formatStrategyReference,
  parseOptions,
  RouteProfileError,
  z,
  messageOf,
  type ProfileStrategy,
  type RouterStrategy,
  type RunConfig,
  type StrategyReference,
} from '@routeprofile/schema';
import { isBuiltInProfile, isBuiltInRouter, pluginFingerprint, resolveProfile, routerOf } from '../plugins/plugins.js';
import type { Chosen } from './build.js';
import { strategyLabels } from '../labels.js';
import { graphPreset } from '../encoders/prepare.js';
import { byPerson, referenceByPerson } from '../plugins/trust.js';

/** Tables and neighbours that every run is compared with, next to the constants. */
const LOOKUPS = ['task-table', 'knn'];

interface Planned<S> extends Chosen<S> {
  reference: StrategyReference;
  /** Why the plugin could not be loaded; the strategy then only says so. */
  failure?: string;
}

export interface ChosenProfile extends Planned<ProfileStrategy> {
  /** Name of the graph it is built on. */
  graph: string;
  /** How it is compressed, if it is. */
  quantization?: Quantization;
}

/** One profile with one router under one seed; the numbers index the plan's lists. */
export interface Cell {
  profile: number;
  router: number;
  seed: number;
}

/** Everything a run will do, before any of it is done. */
export interface Plan {
  config: RunConfig;
  /** The profiles asked for, and one for the lookups where none of those will do. */
  profiles: ChosenProfile[];
  /** The routers asked for, then the lookups. */
  routers: Planned<RouterStrategy>[];
  /** How many of the cells come first and are lookups. */
  lookups: number;
  cells: Cell[];
  failures: LoadFailures;
}

/** A reference's strategy, and what its options are parsed from. */
interface Resolved<S> {
  strategy: S;
  options: Record<string, unknown>;
  plugin?: string;
  failure?: string;
}

async function choose<S extends ProfileStrategy | RouterStrategy>(
  references: readonly StrategyReference[],
  resolve: (reference: StrategyReference) => Promise<Resolved<S>>,
): Promise<Planned<S>[]> {
  const labels = strategyLabels(references);
  return Promise.all(
    references.map(async (reference, i) => {
      const { strategy, options, ...plugin } = await resolve(reference);
      return { strategy, options: parseOptions(strategy, options), reference, label: labels[i]!, ...plugin };
    }),
  );
}

/** Why plugins could not be loaded, by their names; a map, since a user may ask for a router called `toString`. */
export type LoadFailures = ReadonlyMap<string, string>;

const profileOf = async (reference: StrategyReference, known: LoadFailures): Promise<Resolved<ProfileStrategy>> => {
  if (reference.wrappers)
    throw new RouteProfileError('BAD_OPTION', `${formatStrategyReference(reference)}: a profile cannot have wrappers`, {
      hint: 'Put wrappers such as +cost after the name of a router.',
    });
  const { name, options } = reference;
  if (isBuiltInProfile(name)) return { strategy: await resolveProfile(byPerson(name)), options };
  return loaded(
    name,
    known,
    async () => tried(name, { strategy: await resolveProfile(byPerson(name)), options }),
    failingProfile,
  );
};

const anyRouterOf = async (reference: StrategyReference, known: LoadFailures): Promise<Resolved<RouterStrategy>> => {
  const { name } = reference;
  if (isBuiltInRouter(name)) return routerOf(referenceByPerson(reference));
  return loaded(name, known, async () => tried(name, await routerOf(referenceByPerson(reference))), failingRouter);
};

/** A plugin's schema is its code too: one that throws has failed to load, one that refuses the options is right. */
function tried<S extends ProfileStrategy | RouterStrategy>(name: string, resolved: Resolved<S>): Resolved<S> {
  try {
    parseOptions(resolved.strategy, resolved.options);
  } catch (cause) {
    if (RouteProfileError.isInstance(cause)) throw cause;
    const text = messageOf(cause);
    throw new RouteProfileError('PLUGIN_FAILED', `plugin ${name}: its options schema failed: ${text}`, { cause });
  }
  return { ...resolved, plugin: pluginFingerprint(name) };
}

/**
 * A plugin's strategy, or one that only fails where the plugin could not be loaded: that costs its own cells. What the user can
 * put right (a name, an option) is thrown.
 */
async function loaded<S>(
  name: string,
  known: LoadFailures,
  load: () => Promise<Resolved<S>>,
  failing: (name: string, failure: RouteProfileError) => S,
): Promise<Resolved<S>> {
  const instead = (failure: RouteProfileError): Resolved<S> => ({
    strategy: failing(name, failure),
    options: {},
    failure: failure.message,
  });
  const before = known.get(name);
  if (before !== undefined) return instead(new RouteProfileError('PLUGIN_FAILED', before));
  try {
    return await load();
  } catch (error) {
    if (RouteProfileError.isInstance(error) && error.code === 'PLUGIN_FAILED') return instead(error);
    throw error;
  }
}

const anything = z.record(z.string(), z.unknown());

/** Stands for a profile plugin that could not be loaded: its cells fail with the reason, the others are computed. */
const failingProfile = (name: string, failure: RouteProfileError): ProfileStrategy => ({
  kind: 'profile',
  specVersion: 1,
  name,
  summary: failure.message,
  options: anything,
  needs: [],
  designPoint: () => ({ form: 'flat', representation: 'index', hops: 0, learning: 'training-free' }),
  build: () => Promise.reject(failure),
});

/** Stands for a router plugin that could not be loaded. */
const failingRouter = (name: string, failure: RouteProfileError): RouterStrategy => ({
  kind: 'router',
  specVersion: 1,
  name,
  summary: failure.message,
  options: anything,
  needs: [],
  fit: () => Promise.reject(failure),
  load: () => Promise.reject(failure),
});

/** The plugins that a cell consists of, by what they are and their labels; undefined when all its code is ours. */
export function pluginOf({ profiles, routers }: Plan, cell: Cell): string | undefined {
  const profile = profiles[cell.profile]!;
  const router = routers[cell.router]!;
  const names = [
    ...(profile.plugin === undefined ? [] : [`profile ${profile.label}`]),
    ...(router.plugin === undefined ? [] : [`router ${router.label}`]),
  ];
  return names.length === 0 ? undefined : names.join(' or ');
}

/** What could not be loaded; a run of nothing else is refused. */
function failuresOf(kinds: readonly (readonly Planned<unknown>[])[]): LoadFailures {
  for (const chosen of kinds) {
    const [first] = chosen;
    if (first?.failure !== undefined && chosen.every(({ failure }) => failure !== undefined))
      throw new RouteProfileError('PLUGIN_FAILED', first.failure);
  }
  const failed = kinds.flat().filter(({ failure }) => failure !== undefined);
  return new Map(failed.map(({ reference, failure = '' }) => [reference.name, failure]));
}

/** Lookups read the profile for new models at most; a plugin's could fail, and take the yardsticks along. */
async function lookupProfile(chosen: readonly ChosenProfile[], graph: string): Promise<ChosenProfile> {
  const ours = chosen.find(({ plugin, failure }) => plugin === undefined && failure === undefined);
  if (ours) return ours;
  const [flat] = await choose([{ name: 'flat', options: {} }], (reference) => profileOf(reference, new Map()));
  return { ...flat!, graph: graphPreset(graph) };
}

/**
 * The cells of a run. Whatever can be refused is refused here, before the first long step; a plugin that cannot be loaded costs
 * its own cells only.
 * @param known plugins found to be unloadable before: they are not tried again
 * @throws RouteProfileError UNKNOWN_NAME, BAD_OPTION; PLUGIN_FAILED when there is nothing else to run
 */
export async function planRun(config: RunConfig, known: LoadFailures = new Map()): Promise<Plan> {
  const chosen = await choose(config.profile, (reference) => profileOf(reference, known));
  const whole = chosen.map((profile): ChosenProfile => ({
    ...profile,
    graph: graphPreset(profile.reference.graph ?? config.graph),
  }));
  const specs = (config.quantize ?? []).map(parseQuantization);
  const profiles = whole.flatMap((profile) => [
    profile,
    ...specs.map((quantization) => ({
      ...profile,
      quantization,
      label: `${profile.label} ${formatQuantization(quantization)}`,
    })),
  ]);
  const asked = await choose(config.router, (reference) => anyRouterOf(reference, known));
  const compared = await choose(
    LOOKUPS.map((name) => ({ name, options: {} })),
    (reference) => routerOf(referenceByPerson(reference)),
  );
  const readBy = await lookupProfile(whole, config.graph);
  const all = profiles.includes(readBy) ? profiles : [...profiles, readBy];
  const lookups = compared.map((_, i) => ({
    profile: all.indexOf(readBy),
    router: asked.length + i,
    seed: config.seed[0]!,
  }));
  const cells = config.seed.flatMap((seed) =>
    profiles.flatMap((_, profile) => asked.map((__, router) => ({ profile, router, seed }))),
  );
  return {
    config,
    profiles: all,
    routers: [...asked, ...compared],
    lookups: lookups.length,
    cells: [...lookups, ...cells],
    failures: failuresOf([chosen, asked]),
  };
}
