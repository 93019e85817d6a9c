import { basename } from 'node:path';
import {
  candidateOf,
  modelCard,
  readJsonFile,
  readProfileSet,
  readRouterArtifact,
  withCards,
  writeProfileSet,
  writeRouterArtifact,
} from '@routeprofile/data';
import { encodeNodes } from '@routeprofile/graph';
import {
  modelCardsFileSchema,
  parseOptions,
  RouteProfileError,
  type ProfileSet,
  type ProfileStrategy,
  type RunContext,
} from '@routeprofile/schema';
import { openBackend } from '../backend.js';
import { defaultCacheFolder } from '../cache-folder.js';
import { completeConfig, type PartialConfig } from '../config/config-file.js';
import { heteroGraph, openEncoder, openSavedEncoder, readingEncoder } from '../encoders/prepare.js';
import { savedProfile, savedRouter } from '../plugins/plugins.js';
import { byPerson, encoderReference, type GivenEncoder } from '../plugins/trust.js';
import { extendedWiring, wired } from '../router/wiring.js';
import type { SavedRouter } from '../run/run.js';
import { givenEncoder, trainingData, type StepContext } from './inputs.js';

/** A model joins a set-up that is in use: its profile first, then the routers fitted on those profiles. */

/** Which profile set takes in which models. */
export interface ProfileExtension {
  /** `.npz` file of the set. */
  to: string;
  /** JSON file of the cards of the models that join, by model. */
  card: string;
  /** The plugin that built the set, where one did. */
  plugin?: string | undefined;
  /** The set's encoder, where it is not built in or asks an endpoint. */
  encoder?: string | GivenEncoder | undefined;
  /** Name of the graph; default the set's. */
  graph?: string | undefined;
}

/** A profile set that models have joined. */
export interface ExtendedProfiles {
  /** The `.npz` file written. */
  path: string;
  added: string[];
  models: string[];
}

/** The strategy that built a set, if it can take models in. */
async function extensibleStrategy(path: string, { provenance }: ProfileSet, plugin: string | undefined) {
  if (provenance.strategy === 'imported')
    throw new RouteProfileError('UNSUPPORTED', `${path}: it is not known how these profiles were made`, {
      hint: 'Add the vector with the program that made them, or build profiles with `npx @routeprofile/cli profile build`.',
    });
  const strategy: ProfileStrategy = await savedProfile(provenance.strategy, plugin, path);
  const extend = strategy.extend?.bind(strategy);
  if (!extend)
    throw new RouteProfileError(
      'UNSUPPORTED',
      `${path}: profiles of the kind ${strategy.name} cannot take in new models`,
      {
        hint: 'Add the model to the dataset and build the set again.',
      },
    );
  return { strategy, extend };
}

/**
 * A saved profile set with profiles of further models, written into `config.out`. The vectors already there keep every bit.
 * Encoder, graph, options and seed are those of the set.
 * @throws RouteProfileError BAD_INPUT for models that it has, UNSUPPORTED for a set that cannot take models in
 */
export async function addModelToProfiles(
  given: PartialConfig,
  { to: path, card, plugin, encoder: named, graph: graphGiven }: ProfileExtension,
  context: StepContext = {},
): Promise<ExtendedProfiles> {
  const config = completeConfig(given);
  const set = await readProfileSet(path);
  const { provenance } = set;
  const ctx: RunContext = { ...context, seed: provenance.seed };
  const cards = await readJsonFile(card, modelCardsFileSchema);
  const joining = Object.keys(cards);
  const known = joining.filter((model) => set.models.includes(model));
  if (joining.length === 0 || known.length > 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      known.length > 0 ? `${path} already has a profile of ${known.join(', ')}` : `${card}: there is no model in it`,
      { hint: 'Give a JSON object of the form { "MODEL": { card } }, with an entry for each model to add.' },
    );
  const { strategy, extend } = await extensibleStrategy(path, set, plugin);

  const loaded = await trainingData(config, ctx);
  const { dataset, warnings } = withCards(loaded, cards);
  for (const warning of warnings) ctx.logger?.warn(warning);
  const graphName = graphGiven ?? provenance.graph?.name ?? config.graph;
  if (provenance.graph && heteroGraph(loaded, graphName).hash !== provenance.graph.hash)
    ctx.logger?.warn(
      `the graph ${graphName} of ${config.data} is not the one that ${path} was built on (${provenance.graph.name}): the new profile may not be comparable.`,
    );
  const graph = heteroGraph(dataset, graphName);
  if (config.backend !== undefined) await openBackend(config.backend);
  const cache = config.cache ?? defaultCacheFolder();
  const byName = givenEncoder(named);
  const encoder = readingEncoder(
    provenance.encoder === null
      ? // A set that no encoder had part in needs none; the cheapest stands in.
        await openEncoder(byPerson(byName.flag ?? 'hash'), { cache }, ctx)
      : await openSavedEncoder(provenance.encoder, byName, path, { cache, silence: config.pluginTimeout }, ctx),
    dataset,
  );
  try {
    // No training rows: their columns are the candidates', and what was learned from them is in the set.
    const features = strategy.needs.includes('features') ? await encodeNodes(graph, encoder, ctx) : undefined;
    const models = [...set.models, ...joining];
    const input = { models, cards: dataset.cards, graph, encoder, ...(features && { features }) };
    const extended = await extend(set, input, parseOptions(strategy, provenance.options), ctx);
    const written = await writeProfileSet(config.out, basename(path).replace(/\.(npz|json)$/, ''), extended);
    return { path: written, added: joining, models: extended.models };
  } finally {
    await encoder.dispose?.();
  }
}

/** Which fitted router takes in the models of which profiles. */
export interface RouterExtension {
  /** Folder of the router. */
  router: string;
  /** `.npz` file made by `addModelToProfiles`. */
  profiles: string;
  /** JSON file of the cards of the models that join; only routers that read task scores look at them. */
  card?: string | undefined;
  /** The plugin that made the router, where one did. */
  plugin?: string | undefined;
  /** Folder to write (default: `router-extended`). */
  out?: string | undefined;
}

/** A router that models have joined. */
export interface ExtendedRouter {
  added: string[];
  models: readonly string[];
  /** Where it lies, and what must be named to ask it. */
  saved: SavedRouter;
}

/**
 * A fitted router with the models of an extended profile set that it lacks, without training.
 * @throws RouteProfileError UNSUPPORTED for a router that cannot take models in, BAD_INPUT for a card without a profile
 */
export async function addModelToRouter(
  { router: dir, profiles: profilesFile, card, plugin, out = 'router-extended' }: RouterExtension,
  context: StepContext = {},
): Promise<ExtendedRouter> {
  const ctx: RunContext = { ...context, seed: 42 };
  const profiles = await readProfileSet(profilesFile);
  const artifact = await readRouterArtifact(dir);
  const strategy = await savedRouter(artifact.manifest, plugin, dir);
  if (!strategy.extend)
    throw new RouteProfileError('UNSUPPORTED', `a fitted ${strategy.name} router cannot take in new models`, {
      hint: 'Train it again on the extended profiles with `npx @routeprofile/cli router train`.',
    });
  const cards = Object.entries(card === undefined ? {} : await readJsonFile(card, modelCardsFileSchema));
  const unprofiled = cards.map(([name]) => name).filter((name) => !profiles.models.includes(name));
  if (unprofiled.length > 0)
    throw new RouteProfileError('BAD_INPUT', `${profilesFile} has no profile of ${unprofiled.join(', ')}`, {
      hint: 'First: npx @routeprofile/cli profile add-model.',
    });
  const joining = { profiles, cards: cards.map(([name, file]) => modelCard(name, file, false)) };
  const router = await strategy.extend(artifact, joining, ctx);
  const { encoder, models: before } = artifact.manifest;
  const added = router.models.filter((model) => !before.includes(model));
  const cardOf = new Map(cards);
  const joined = added.map((id) => candidateOf(id, [cardOf.get(id)]));
  await writeRouterArtifact(out, wired(await router.save(), extendedWiring(artifact.manifest, joined)));
  return {
    added,
    models: router.models,
    saved: {
      folder: out,
      encoder: encoder === null ? null : encoderReference(encoder),
      ...(plugin !== undefined && { plugin }),
    },
  };
}
