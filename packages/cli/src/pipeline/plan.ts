import { formatQuantization, parseQuantization, type Quantization } from '@routeprofile/profiles';
import {
  formatStrategyReference,
  parseOptions,
  RouteProfileError,
  type ProfileStrategy,
  type RouterStrategy,
  type RunConfig,
  type StrategyReference,
} from '@routeprofile/schema';
import { resolveProfile, routerOf } from '../plugins.js';
import { strategyLabels } from './labels.js';
import { graphPreset } from './prepare.js';

/** Tables and neighbours that every run is compared with, next to the constants. */
const LOOKUPS = ['task-table', 'knn'];

interface Chosen<S> {
  strategy: S;
  options: Record<string, unknown>;
  reference: StrategyReference;
  label: string;
}

export interface ChosenProfile extends Chosen<ProfileStrategy> {
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
  profiles: ChosenProfile[];
  /** The routers asked for, then the lookups. */
  routers: Chosen<RouterStrategy>[];
  /** How many of the cells come first and are lookups. */
  lookups: number;
  cells: Cell[];
}

/** A reference's strategy, and what its options are parsed from. */
interface Resolved<S> {
  strategy: S;
  options: Record<string, unknown>;
}

async function choose<S extends ProfileStrategy | RouterStrategy>(
  references: readonly StrategyReference[],
  resolve: (reference: StrategyReference) => Promise<Resolved<S>>,
): Promise<Chosen<S>[]> {
  const labels = strategyLabels(references);
  return Promise.all(
    references.map(async (reference, i) => {
      const { strategy, options } = await resolve(reference);
      return { strategy, options: parseOptions(strategy, options), reference, label: labels[i]! };
    }),
  );
}

const plainProfile = async (reference: StrategyReference): Promise<Resolved<ProfileStrategy>> => {
  if (reference.wrappers)
    throw new RouteProfileError('BAD_OPTION', `${formatStrategyReference(reference)}: a profile takes no wrappers`, {
      hint: 'Wrappers such as +cost go around a router.',
    });
  return { strategy: await resolveProfile(reference.name), options: reference.options };
};

/**
 * The cells of a run. Whatever can be refused is refused here, before the first long step.
 * @throws RouteProfileError UNKNOWN_NAME, BAD_OPTION, PLUGIN_FAILED
 */
export async function planRun(config: RunConfig): Promise<Plan> {
  const chosen = await choose(config.profile, plainProfile);
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
  const asked = await choose(config.router, routerOf);
  const compared = await choose(
    LOOKUPS.map((name) => ({ name, options: {} })),
    routerOf,
  );
  const lookups = compared.map((_, i) => ({ profile: 0, router: asked.length + i, seed: config.seed[0]! }));
  const cells = config.seed.flatMap((seed) =>
    profiles.flatMap((_, profile) => asked.map((__, router) => ({ profile, router, seed }))),
  );
  return { config, profiles, routers: [...asked, ...compared], lookups: lookups.length, cells: [...lookups, ...cells] };
}
