import { basename, join } from 'node:path';
import {
  loadDataset,
  readGraphFiles,
  readProfileSet,
  readRouterArtifact,
  writeFileAtomic,
  writeGraphFiles,
  writeJsonFile,
  writeProfileSet,
  writeRouterArtifact,
} from '@routeprofile/data';
import { assembleReport, renderTextTable } from '@routeprofile/eval';
import { renderHtmlReport } from '@routeprofile/eval/node';
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
  type Router,
  type RunConfig,
  type RunContext,
} from '@routeprofile/schema';
import { defaultCacheFolder } from '../cache.js';
import { completeConfig, loadConfigFile } from '../config-file.js';
import { openConsole, type Io } from '../io.js';
import { dryRun, describePlan } from './dry-run.js';
import { fileStore } from '../pipeline/store.js';
import { openBackend } from '../pipeline/backend.js';
import { prefixesOf } from '../pipeline/bench.js';
import { nameOf } from '../pipeline/labels.js';
import { choicesOf } from '../pipeline/decide.js';
import { loadOptions } from '../pipeline/load-options.js';
import { graphPreset, openEncoder, readingEncoder } from '../pipeline/prepare.js';
import { encodeTraining, profileInput, queryBatch, routerInput } from '../pipeline/router-input.js';
import { pluginReference, resolveProfile, routerOf, savedRouter } from '../plugins.js';
import { colorOf } from '../ui/color.js';
import { formatColumns } from '../ui/format.js';
import { packageVersions } from '../versions.js';
import { configOf, required, type ConfigFlags } from './flags.js';

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
    await openEncoder(config.encoder, { cache: config.cache ?? defaultCacheFolder() }, ctx),
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
    for (const reference of config.profile) {
      const strategy = await resolveProfile(reference.name);
      const input = await profileInput(dataset, strategy, graph, encoder, ctx, {
        ...(stored?.features && { features: stored.features }),
      });
      const set = await strategy.build(input, parseOptions(strategy, reference.options), ctx);
      await writeProfileSet(config.out, basename(reference.name), set);
      made.push({
        profile: reference.name,
        path: join(config.out, `${basename(reference.name)}.npz`),
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
    throw new RouteProfileError('BAD_OPTION', 'router train trains one router: name one with --router');
  const reference = config.router[0]!;
  const { strategy, options: given } = await routerOf(reference);
  const options = parseOptions(strategy, given);
  const dataset = await datasetOf(config, ctx, false);
  const set = await readProfileSet(required(profiles, '--profiles FILE.npz'));
  const models = dataset.candidates.map((candidate) => candidate.model);
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
    const artifact = await router.save();
    await writeRouterArtifact(config.out, {
      ...artifact,
      manifest: {
        ...artifact.manifest,
        ...pluginReference(reference),
        profile: set.provenance.strategy,
        ...prefixesOf(dataset),
      },
    });
  } finally {
    await encoder.dispose?.();
  }
  if (flags.json) console.printJson({ router: nameOf(reference), out: config.out, models });
  else console.print(`Wrote ${config.out}\nAsk it: npx @routeprofile/cli route --router ${config.out} "your question"`);
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

/** A saved router, its strategy found by the name in its file. @param plugin the code file that may be run for it, if any */
export async function openRouter(
  dir: string,
  plugin: string | undefined,
  ctx: RunContext,
): Promise<{
  router: Router;
  strategy: string;
  encoder: string | null;
  profile: string;
  needsTasks: boolean;
  /** Beginnings that its queries are encoded without. */
  sharedPrefixes: readonly string[];
  options: Record<string, unknown>;
}> {
  const artifact = await readRouterArtifact(dir);
  const strategy = await savedRouter(artifact.manifest, plugin);
  return {
    router: await strategy.load(artifact, ctx),
    strategy: strategy.name,
    encoder: artifact.manifest.encoder,
    profile: artifact.manifest.profile ?? 'unknown',
    needsTasks: strategy.needs.includes('tasks'),
    sharedPrefixes: artifact.manifest.sharedPrefixes ?? [],
    options: artifact.manifest.options,
  };
}

export type EvaluateFlags = Omit<ConfigFlags, 'router'> & { router?: string; plugin?: string };

export async function evaluateCommand(flags: EvaluateFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const { router: dir, plugin, ...rest } = flags;
  const config = await settings({ out: 'evaluation', ...rest });
  const ctx: RunContext = { ...console.context, seed: config.seed[0]! };
  const loaded = await openRouter(required(dir, '--router DIR'), plugin, ctx);
  const dataset = await datasetOf(config, ctx, true);
  const unknown = dataset.test.models.filter((model) => !loaded.router.models.includes(model));
  const foreign = loaded.router.models.filter((model) => !dataset.test.models.includes(model));
  if (unknown.length + foreign.length > 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      `the router knows ${loaded.router.models.length} models, the dataset's candidates are others: ${[...unknown, ...foreign].join(', ')}`,
      {
        hint: 'Evaluate with the dataset and mode that the router was trained on.',
      },
    );
  const encoder =
    loaded.encoder === null ? undefined : await encoderOf({ ...config, encoder: loaded.encoder }, loaded, ctx);
  try {
    const vectors =
      encoder &&
      (await encoder.encode(
        dataset.test.queries.map((query) => query.text),
        ctx,
      ));
    const batch = queryBatch(dataset.test.queries, vectors, encoder?.id ?? '', loaded.needsTasks);
    const choices = await choicesOf(loaded.strategy, loaded.router, batch, dataset.test.models, dataset.newModels, ctx);
    const report = assembleReport({
      dataset,
      testName: config.test === undefined ? 'test' : basename(config.test),
      encoder: loaded.encoder ?? 'none',
      graph: 'none',
      cells: [
        {
          profile: loaded.profile,
          router: loaded.strategy,
          label: `${loaded.profile} × ${loaded.strategy}`,
          options: { profile: {}, router: loaded.options },
          seed: ctx.seed,
          ...choices,
        },
      ],
      failed: [],
      lookups: {},
      versions: packageVersions(),
      seed: ctx.seed,
    });
    await writeJsonFile(join(config.out, 'report.json'), report);
    await writeFileAtomic(join(config.out, 'report.html'), renderHtmlReport(report));
    if (flags.json) console.printJson(report);
    else
      console.paint(
        `${renderTextTable(report, { color: colorOf(io.stdout) })}\nReport: ${join(config.out, 'report.html')}`,
      );
  } finally {
    await encoder?.dispose?.();
  }
  return 0;
}
