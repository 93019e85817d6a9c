import { join } from 'node:path';
import {
  loadDataset,
  readGraphFiles,
  readProfileSet,
  writeFileAtomic,
  writeGraphFiles,
  writeProfileSet,
  writeRouterArtifact,
} from '@routeprofile/data';
import {
  buildGraph,
  encodeNodes,
  graphStatistics,
  parseGraph,
  serializeGraph,
  toGEXF,
  toGraphML,
  toHetero,
} from '@routeprofile/graph';
import {
  parseOptions,
  RouteProfileError,
  takeRows,
  type Dataset,
  type ProfileSet,
  type RunConfig,
  type RunContext,
} from '@routeprofile/schema';
import {
  assertLearnable,
  byPerson,
  completeConfig,
  defaultCacheFolder,
  encodeTraining,
  evaluateSaved,
  fileLabel,
  fileStore,
  graphPreset,
  isBuiltInRouter,
  loadConfigFile,
  loadOptions,
  nameOf,
  openBackend,
  openEncoder,
  pluginReference,
  profileInput,
  readingEncoder,
  referenceByPerson,
  resolveProfile,
  routerInput,
  routerOf,
  strategyLabels,
  wired,
  wiringOf,
} from '@routeprofile/pipeline';
import { openConsole, type Io } from '../io.js';
import { dryRun, describePlan } from './dry-run.js';
import { formatColumns } from '../ui/format.js';
import { askCommand } from './ask.js';
import { configOf, required, type ConfigFlags } from './flags.js';
import { reportFailures, summaryOf } from './run.js';

/** The single steps of the pipeline: files in, files out. */

async function settings(flags: ConfigFlags): Promise<RunConfig> {
  return completeConfig(await loadConfigFile(flags.config), configOf(flags));
}

const datasetOf = (config: RunConfig, ctx: RunContext, testRows: boolean): Promise<Dataset> =>
  loadDataset(config.data, {
    ...loadOptions(config),
    testRows,
    ...(ctx.signal && { signal: ctx.signal }),
    ...(ctx.logger && { logger: ctx.logger }),
  });

const encoderOf = async (config: RunConfig, dataset: Pick<Dataset, 'sharedPrefixes'>, ctx: RunContext) => {
  if (config.backend !== undefined) await openBackend(config.backend);
  return readingEncoder(
    await openEncoder(byPerson(config.encoder), { cache: config.cache ?? defaultCacheFolder() }, ctx),
    dataset,
  );
};

export async function graphBuildCommand(
  flags: ConfigFlags & { format?: 'json' | 'graphml' | 'gexf'; features?: boolean },
  io: Io,
): Promise<number> {
  const console = openConsole(io, flags);
  const { format = 'json', features = true, ...rest } = flags;
  const config = await settings({ out: 'graph', ...rest });
  const ctx: RunContext = { ...console.context, seed: config.seed[0]! };
  const dataset = await datasetOf(config, ctx, false);
  const graph = buildGraph(dataset, { preset: graphPreset(config.graph) });
  const hetero = toHetero(graph);
  if (format === 'json') {
    const encoder = features ? await encoderOf(config, dataset, ctx) : undefined;
    try {
      await writeGraphFiles(config.out, serializeGraph(graph), encoder && (await encodeNodes(hetero, encoder, ctx)));
    } finally {
      await encoder?.dispose?.();
    }
  } else
    await writeFileAtomic(join(config.out, `graph.${format}`), format === 'gexf' ? toGEXF(graph) : toGraphML(graph));
  const statistics = graphStatistics(hetero);
  if (flags.json) console.printJson({ out: config.out, hash: hetero.hash, ...statistics });
  else
    console.print(
      formatColumns([
        ...hetero.nodes.map((set) => [set.type, String(set.names.length), 'nodes']),
        ...hetero.relations.map((relation) => [relation.name, String(relation.sourceIndex.length), 'edges']),
      ]) + `\nWrote ${config.out}`,
    );
  return 0;
}

export async function profileBuildCommand(
  flags: ConfigFlags & { from?: string; dryRun?: boolean },
  io: Io,
): Promise<number> {
  const console = openConsole(io, flags);
  const { from, dryRun: isDry, ...rest } = flags;
  const config = await settings({ out: 'profiles', ...rest });
  const store = fileStore(join(config.out, 'store'));
  const ctx: RunContext = { ...console.context, seed: config.seed[0]!, store };
  const dataset = await datasetOf(config, ctx, false);
  const stored = from === undefined ? undefined : await readGraphFiles(from);
  const graph = toHetero(
    stored ? parseGraph(stored.graph) : buildGraph(dataset, { preset: graphPreset(config.graph) }),
  );
  const encoder = await encoderOf(config, dataset, ctx);
  try {
    if (isDry) {
      const features = stored?.features ?? (await encodeNodes(graph, encoder, ctx));
      const plans = await dryRun(config.profile, { graph, cards: dataset.cards, features, encoder }, ctx);
      if (flags.json) console.printJson(plans);
      else console.print(plans.map(describePlan).join('\n\n'));
      return 0;
    }
    const made: {
      profile: string;
      path: string;
      models: number;
      dimensions: number;
      diagnostics: Record<string, number>;
    }[] = [];
    const labels = strategyLabels(config.profile);
    for (const [i, reference] of config.profile.entries()) {
      const strategy = await resolveProfile(byPerson(reference.name));
      const input = await profileInput(dataset, strategy, graph, encoder, ctx, {
        ...(stored?.features && { features: stored.features }),
      });
      const set = await strategy.build(input, parseOptions(strategy, reference.options), ctx);
      made.push({
        profile: reference.name,
        path: await writeProfileSet(config.out, fileLabel(labels[i]!), set),
        models: set.models.length,
        dimensions: set.vectors.cols,
        diagnostics: set.provenance.diagnostics ?? {},
      });
    }
    if (flags.json) console.printJson(made);
    else
      for (const { path, models, dimensions } of made) console.print(`Wrote ${path}: ${models} models × ${dimensions}`);
  } finally {
    await encoder.dispose?.();
  }
  return 0;
}

export async function routerTrainCommand(flags: ConfigFlags & { profiles?: string }, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const { profiles, ...rest } = flags;
  const config = await settings({ out: 'router', router: ['mlp'], ...rest });
  const ctx: RunContext = { ...console.context, seed: config.seed[0]! };
  if (config.router.length !== 1)
    throw new RouteProfileError('BAD_OPTION', 'name the one router to train with --router');
  const reference = config.router[0]!;
  const { strategy, options: given } = await routerOf(referenceByPerson(reference));
  const options = parseOptions(strategy, given);
  const dataset = await datasetOf(config, ctx, false);
  assertLearnable(dataset, [{ strategy, label: nameOf(reference) }]);
  const set = await readProfileSet(required(profiles, '--profiles FILE.npz'));
  const models = dataset.candidates.map((candidate) => candidate.id);
  const place = models.map((model) => set.models.indexOf(model));
  const absent = models.filter((_, i) => place[i] === -1);
  if (absent.length > 0)
    throw new RouteProfileError('BAD_INPUT', `${profiles} has no profile of ${absent.join(', ')}`, {
      hint: 'Build the profiles from the same dataset and mode.',
    });
  const encoder = await encoderOf(config, dataset, ctx);
  try {
    const train = await encodeTraining(dataset, encoder, ctx);
    const router = await strategy.fit(
      routerInput(dataset, reorder(set, models, place), train, encoder.id),
      options,
      ctx,
    );
    const wiring = wiringOf(dataset, { ...pluginReference(reference), profile: set.provenance.strategy });
    await writeRouterArtifact(config.out, wired(await router.save(), wiring));
  } finally {
    await encoder.dispose?.();
  }
  if (flags.json) console.printJson({ router: nameOf(reference), out: config.out, models });
  else {
    const plugin = !isBuiltInRouter(reference.name) && { plugin: reference.name };
    console.print(
      `Wrote ${config.out}\nAsk it: ${askCommand({ folder: config.out, encoder: config.encoder, ...plugin })}`,
    );
  }
  return 0;
}

/** The set with these models, everything that is one a model in their order. @param place row of each in the set */
function reorder({ vectors, keyed, texts, biases, ...set }: ProfileSet, models: string[], place: number[]): ProfileSet {
  return {
    ...set,
    models,
    vectors: takeRows(vectors, place),
    ...(keyed && { keyed: { ...keyed, scores: takeRows(keyed.scores, place) } }),
    ...(texts && { texts: place.map((row) => texts[row]!) }),
    ...(biases && { biases: Float32Array.from(place, (row) => biases[row]!) }),
  };
}

export type EvaluateFlags = Omit<ConfigFlags, 'router'> & { router?: string; plugin?: string };

export async function evaluateCommand(flags: EvaluateFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const { router: dir, plugin, ...rest } = flags;
  const file = await loadConfigFile(flags.config);
  const config = completeConfig(file, configOf({ out: 'evaluation', ...rest }));
  const given = { flag: flags.encoder, config: file.encoder };
  const folder = required(dir, '--router DIR');
  const result = await evaluateSaved(config, { folder, plugin, given }, console.context);
  console.settle();
  if (flags.json) console.printJson(result.report);
  else console.paint(summaryOf(result, io));
  return reportFailures(result, console);
}
