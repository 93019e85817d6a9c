import {
  parseOptions,
  type ProfileStrategy,
  type RouterStrategy,
  type RunConfig,
  type StrategyReference,
} from '@routeprofile/schema';
import { resolveProfile, resolveRouter } from '../plugins.js';
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

async function choose<S extends ProfileStrategy | RouterStrategy>(
  references: readonly StrategyReference[],
  resolve: (name: string) => Promise<S>,
): Promise<Chosen<S>[]> {
  const labels = strategyLabels(references);
  return Promise.all(
    references.map(async (reference, i) => {
      const strategy = await resolve(reference.name);
      return { strategy, options: parseOptions(strategy, reference.options), reference, label: labels[i]! };
    }),
  );
}

/**
 * The cells of a run. Whatever can be refused is refused here, before the first long step.
 * @throws RouteProfileError UNKNOWN_NAME, BAD_OPTION, PLUGIN_FAILED
 */
export async function planRun(config: RunConfig): Promise<Plan> {
  const chosen = await choose(config.profile, (name) => resolveProfile(name));
  const profiles = chosen.map((profile) => ({
    ...profile,
    graph: graphPreset(profile.reference.graph ?? config.graph),
  }));
  const asked = await choose(config.router, (name) => resolveRouter(name));
  const compared = await choose(
    LOOKUPS.map((name) => ({ name, options: {} })),
    (name) => resolveRouter(name),
  );
  const lookups = compared.map((_, i) => ({ profile: 0, router: asked.length + i, seed: config.seed[0]! }));
  const cells = config.seed.flatMap((seed) =>
    profiles.flatMap((_, profile) => asked.map((__, router) => ({ profile, router, seed }))),
  );
  return { config, profiles, routers: [...asked, ...compared], lookups: lookups.length, cells: [...lookups, ...cells] };
}
