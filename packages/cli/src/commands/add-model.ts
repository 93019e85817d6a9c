import { basename } from 'node:path';
import {
  candidateOf,
  loadDataset,
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
  plural,
  RouteProfileError,
  type ProfileSet,
  type ProfileStrategy,
  type RunContext,
} from '@routeprofile/schema';
import {
  byPerson,
  completeConfig,
  defaultCacheFolder,
  encoderReference,
  extendedWiring,
  heteroGraph,
  loadConfigFile,
  loadOptions,
  openBackend,
  openEncoder,
  openSavedEncoder,
  readingEncoder,
  savedProfile,
  savedRouter,
  wired,
} from '@routeprofile/pipeline';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { askCommand } from './ask.js';
import { configOf, required, type ConfigFlags } from './flags.js';

/** A model joins a set-up that is in use: its profile first, then the routers fitted on those profiles. */

export interface AddModelFlags extends ConfigFlags {
  /** The profile set to extend. */
  to?: string;
  /** The code file of the plugin that built it. */
  plugin?: string;
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
 * `profile add-model`: the set with profiles of the models in a file of cards. The vectors already there keep every bit.
 * Encoder, graph, options and seed are those of the set.
 */
export async function addModelCommand(card: string, flags: AddModelFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const { to, plugin, ...rest } = flags;
  const file = await loadConfigFile(flags.config);
  const config = completeConfig(file, configOf({ out: 'profiles-extended', ...rest }));
  const path = required(to, '--to PROFILES.npz');
  const set = await readProfileSet(path);
  const { provenance } = set;
  const ctx: RunContext = { ...console.context, seed: provenance.seed };
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

  const loaded = await loadDataset(config.data, {
    ...loadOptions(config),
    testRows: false,
    ...(ctx.signal && { signal: ctx.signal }),
    ...(ctx.logger && { logger: ctx.logger }),
  });
  const { dataset, warnings } = withCards(loaded, cards);
  for (const warning of warnings) ctx.logger?.warn(warning);
  const graphName = flags.graph ?? provenance.graph?.name ?? config.graph;
  if (provenance.graph && heteroGraph(loaded, graphName).hash !== provenance.graph.hash)
    ctx.logger?.warn(
      `the graph ${graphName} of ${config.data} is not the one that ${path} was built on (${provenance.graph.name}): the new profile may not be comparable.`,
    );
  const graph = heteroGraph(dataset, graphName);
  if (config.backend !== undefined) await openBackend(config.backend);
  const cache = config.cache ?? defaultCacheFolder();
  const encoder = readingEncoder(
    provenance.encoder === null
      ? // A set that no encoder had part in needs none; the cheapest stands in.
        await openEncoder(byPerson(flags.encoder ?? 'hash'), { cache }, ctx)
      : await openSavedEncoder(
          provenance.encoder,
          { flag: flags.encoder, config: file.encoder },
          path,
          { cache, silence: config.pluginTimeout },
          ctx,
        ),
    dataset,
  );
  try {
    // No training rows: their columns are the candidates', and what was learned from them is in the set.
    const features = strategy.needs.includes('features') ? await encodeNodes(graph, encoder, ctx) : undefined;
    const models = [...set.models, ...joining];
    const input = { models, cards: dataset.cards, graph, encoder, ...(features && { features }) };
    const extended = await extend(set, input, parseOptions(strategy, provenance.options), ctx);
    const written = await writeProfileSet(config.out, basename(path).replace(/\.(npz|json)$/, ''), extended);
    if (flags.json) console.printJson({ path: written, added: joining, models: extended.models });
    else
      console.print(
        `Wrote ${written}: ${joining.join(', ')} joined ${plural(set.models.length, 'model')}\nNow: npx @routeprofile/cli router add-model ${card} --router DIR --profiles ${written}`,
      );
  } finally {
    await encoder.dispose?.();
  }
  return 0;
}

export interface RouterAddModelFlags extends CommonFlags {
  router?: string;
  profiles?: string;
  plugin?: string;
  out?: string;
}

/**
 * `router add-model`: a fitted router with the models of an extended profile set that it lacks, without training.
 * @param card the cards of the models that join; only routers that read task scores look at them
 */
export async function routerAddModelCommand(
  card: string | undefined,
  flags: RouterAddModelFlags,
  io: Io,
): Promise<number> {
  const console = openConsole(io, flags);
  const ctx: RunContext = { ...console.context, seed: 42 };
  const profiles = await readProfileSet(required(flags.profiles, '--profiles FILE.npz'));
  const dir = required(flags.router, '--router DIR');
  const artifact = await readRouterArtifact(dir);
  const strategy = await savedRouter(artifact.manifest, flags.plugin, dir);
  if (!strategy.extend)
    throw new RouteProfileError('UNSUPPORTED', `a fitted ${strategy.name} router cannot take in new models`, {
      hint: 'Train it again on the extended profiles with `npx @routeprofile/cli router train`.',
    });
  const cards = Object.entries(card === undefined ? {} : await readJsonFile(card, modelCardsFileSchema));
  const unprofiled = cards.map(([name]) => name).filter((name) => !profiles.models.includes(name));
  if (unprofiled.length > 0)
    throw new RouteProfileError('BAD_INPUT', `${flags.profiles} has no profile of ${unprofiled.join(', ')}`, {
      hint: 'First: npx @routeprofile/cli profile add-model.',
    });
  const joining = { profiles, cards: cards.map(([name, file]) => modelCard(name, file, false)) };
  const router = await strategy.extend(artifact, joining, ctx);
  const out = flags.out ?? 'router-extended';
  const { encoder } = artifact.manifest;
  const asked = {
    encoder: encoder === null ? null : encoderReference(encoder),
    ...(flags.plugin !== undefined && { plugin: flags.plugin }),
  };
  const added = router.models.filter((model) => !artifact.manifest.models.includes(model));
  const cardOf = new Map(cards);
  const joined = added.map((id) => candidateOf(id, [cardOf.get(id)]));
  await writeRouterArtifact(out, wired(await router.save(), extendedWiring(artifact.manifest, joined)));
  if (flags.json) console.printJson({ out, added, models: router.models });
  else
    console.print(
      `Wrote ${out}: ${added.join(', ')} joined ${plural(artifact.manifest.models.length, 'model')}\nAsk it: ${askCommand({ folder: out, ...asked })}`,
    );
  return 0;
}
