import { join } from 'node:path';
import { readGraphFiles, writeProfileSet } from '@routeprofile/data';
import { encodeNodes, parseGraph, toHetero } from '@routeprofile/graph';
import {
  parseOptions,
  RouteProfileError,
  type BuildPlan,
  type Dataset,
  type Encoder,
  type HeteroGraph,
  type NodeFeatures,
  type RunConfig,
  type RunContext,
} from '@routeprofile/schema';
import { buildProfileSet } from '../cells/build.js';
import { fileStore } from '../cells/file-store.js';
import { completeConfig, type PartialConfig } from '../config/config-file.js';
import { namedGraph } from '../encoders/prepare.js';
import { fileLabel, strategyLabels } from '../labels.js';
import { pluginFingerprint, isBuiltInProfile, resolveProfile } from '../plugins/plugins.js';
import { byPerson } from '../plugins/trust.js';
import { configuredEncoder, trainingData, type StepContext } from './inputs.js';

/** Where the graph of a profile step comes from. */
export interface ProfileSource {
  /** A graph folder made by `buildGraph`; default: the config's graph is built from the dataset. */
  from?: string;
}

/** A profile set that was written. */
export interface BuiltProfile {
  profile: string;
  /** Its `.npz` file; the `.json` file lies beside it. */
  path: string;
  models: number;
  dimensions: number;
  diagnostics: Record<string, number>;
}

interface Ground {
  config: RunConfig;
  dataset: Dataset;
  graph: HeteroGraph;
  features: NodeFeatures | undefined;
  encoder: Encoder;
  ctx: RunContext;
}

/** What profiles are built from, for as long as `use` takes. */
async function withGround<T>(
  given: PartialConfig,
  { from }: ProfileSource,
  context: StepContext,
  use: (ground: Ground) => Promise<T>,
): Promise<T> {
  const config = completeConfig(given);
  const ctx: RunContext = { ...context, seed: config.seed[0]!, store: fileStore(join(config.out, 'store')) };
  const dataset = await trainingData(config, ctx);
  const stored = from === undefined ? undefined : await readGraphFiles(from);
  const graph = toHetero(
    stored ? parseGraph(stored.graph) : namedGraph(dataset, config.graph, (note) => ctx.logger?.warn(note)),
  );
  const encoder = await configuredEncoder(config, dataset, ctx);
  try {
    return await use({ config, dataset, graph, features: stored?.features, encoder, ctx });
  } finally {
    await encoder.dispose?.();
  }
}

/**
 * The config's profiles of a dataset, each written into `config.out`.
 * @throws RouteProfileError for bad input, BAD_OPTION for a wrong config, PLUGIN_FAILED
 */
export const buildProfiles = (
  given: PartialConfig,
  source: ProfileSource = {},
  context: StepContext = {},
): Promise<BuiltProfile[]> =>
  withGround(given, source, context, async ({ config, dataset, graph, features, encoder, ctx }) => {
    const built: BuiltProfile[] = [];
    const labels = strategyLabels(config.profile);
    for (const [i, { name, options }] of config.profile.entries()) {
      const strategy = await resolveProfile(byPerson(name));
      const plugin = isBuiltInProfile(name) ? undefined : pluginFingerprint(byPerson(name));
      const chosen = { strategy, options: parseOptions(strategy, options), label: labels[i]!, plugin };
      const set = await buildProfileSet(dataset, chosen, { graph, encoder, ...(features && { features }) }, ctx);
      built.push({
        profile: name,
        path: await writeProfileSet(config.out, fileLabel(labels[i]!), set),
        models: set.models.length,
        dimensions: set.vectors.cols,
        diagnostics: set.provenance.diagnostics ?? {},
      });
    }
    return built;
  });

/**
 * What building the config's profiles would ask of a language model, without asking; one plan per profile that asks.
 * @throws RouteProfileError BAD_OPTION when none does, and what `buildProfiles` throws before it asks
 */
export const planProfiles = (
  given: PartialConfig,
  source: ProfileSource = {},
  context: StepContext = {},
): Promise<BuildPlan[]> =>
  withGround(given, source, context, async ({ config, dataset, graph, features, encoder, ctx }) => {
    const input = {
      graph,
      cards: dataset.cards,
      features: features ?? (await encodeNodes(graph, encoder, ctx)),
      encoder,
    };
    const planned: (() => Promise<BuildPlan>)[] = [];
    for (const { name, options } of config.profile) {
      const strategy = await resolveProfile(byPerson(name));
      const plan = strategy.plan?.bind(strategy);
      if (plan) planned.push(() => plan(input, parseOptions(strategy, options), ctx));
    }
    if (planned.length === 0)
      throw new RouteProfileError('BAD_OPTION', '--dry-run is for profiles that ask a language model', {
        hint: 'Name one with --profile text-gnn:summarizer=llm.',
      });
    return Promise.all(planned.map((plan) => plan()));
  });
