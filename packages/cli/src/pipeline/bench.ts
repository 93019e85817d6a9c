import { join } from 'node:path';
import { hashBytes, hashJson, loadDataset, writeProfileSet, writeRouterArtifact } from '@routeprofile/data';
import { formatQuantization, quantizeProfiles, type Quantization } from '@routeprofile/profiles';
import { fitFrontier } from '@routeprofile/routers';
import {
  assertFinite,
  assertShape,
  RouteProfileError,
  type Dataset,
  type Encoder,
  type FailedCell,
  type HeteroGraph,
  type ProfileSet,
  type QueryBatch,
  type Router,
  type RouterInput,
  type RunContext,
} from '@routeprofile/schema';
import { defaultCacheFolder } from '../cache.js';
import { pluginReference } from '../plugins.js';
import { packageVersions } from '../versions.js';
import { openBackend } from './backend.js';
import { cellStore, type CellResult, type CellStore } from './cells.js';
import { choicesOf } from './decide.js';
import { cellName, fileLabel, nameOf, routerFolder } from './labels.js';
import { decisionLatency } from './latency.js';
import { assertLearnable } from './learnable.js';
import { loadOptions } from './load-options.js';
import type { Cell, ChosenProfile, Plan } from './plan.js';
import { encodeAll, heteroGraph, openEncoder, readingEncoder, type Encoded } from './prepare.js';
import { rephrase, robustness, type Rephrased } from './rephrase.js';
import { profileInput, queryBatch, routerInput } from './router-input.js';
import { fileStore } from './store.js';
import { wired, wiringOf } from './wiring.js';
import { messageOf } from '../message-of.js';

/** What every cell of a run shares: the dataset, its graphs, and everything encoded. */
export interface Bench {
  plan: Plan;
  dataset: Dataset;
  encoder: Encoder;
  graphs: ReadonlyMap<string, HeteroGraph>;
  encoded: Encoded;
  /** Test queries asked in other words, where the run wants to know what that changes. */
  rephrased: Rephrased[];
  cells: CellStore;
  versions: Record<string, string>;
  /** Hash of all that a cell may learn from and answer; labels of test rows are not part of it. */
  dataKey: string;
  /** Profile sets made so far, by profile and seed. */
  profiles: Map<string, Promise<ProfileSet>>;
  seconds: { load: number; encode: number };
}

/** Test labels change no choice, so the same rows graded anew reuse the cells. */
function dataKeyOf(dataset: Dataset): string {
  const { candidates, cards, newModels, train, test } = dataset;
  const outcomes = train.outcomes && (Object.values(train.outcomes) as Float64Array[]);
  return hashJson({
    candidates,
    newModels,
    cards: cards.map((card) => ({ ...card, scores: [...card.scores] })),
    queries: train.queries.map(({ text, task }) => [text, task]),
    pairs: train.pairs,
    outcomes: outcomes?.map((column) => hashBytes(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))),
    test: test.queries.map(({ text, task }) => [text, task]),
  });
}

export interface BenchOptions {
  /** Where cells and intermediate results lie; default the run's own folder. */
  shared?: string;
  /** Threads of the encoder; default all cores. */
  encoderThreads?: number;
}

/** Loads, builds and encodes what the plan needs. Dispose of its encoder when done. */
export async function openBench(
  plan: Plan,
  ctx: RunContext,
  { shared, encoderThreads }: BenchOptions = {},
): Promise<Bench> {
  const { config } = plan;
  if (config.backend !== undefined) await openBackend(config.backend);
  const started = performance.now();
  // Without the logger: the report carries the dataset's warnings, once is enough.
  const dataset = await loadDataset(config.data, { ...loadOptions(config), ...(ctx.signal && { signal: ctx.signal }) });
  assertLearnable(dataset, plan.routers);
  const cache = config.cache ?? defaultCacheFolder();
  const encoder = readingEncoder(
    await openEncoder(
      config.encoder,
      { cache, silence: config.pluginTimeout, ...(encoderThreads !== undefined && { threads: encoderThreads }) },
      ctx,
    ),
    dataset,
  );
  try {
    const graphs = new Map<string, HeteroGraph>();
    for (const { graph } of plan.profiles) if (!graphs.has(graph)) graphs.set(graph, heteroGraph(dataset, graph));
    const featured = new Set(
      plan.profiles.filter(({ strategy }) => strategy.needs.includes('features')).map(({ graph }) => graph),
    );
    const loaded = performance.now();
    const encoded = await encodeAll(
      dataset,
      [...featured].map((name) => graphs.get(name)!),
      encoder,
      ctx,
    );
    const rephrased = config.robustness === undefined ? [] : await rephrase(dataset, config.robustness, encoder, ctx);
    return {
      plan,
      dataset,
      encoder,
      graphs,
      encoded,
      rephrased,
      cells: cellStore(shared ?? config.out, (message) => ctx.logger?.warn(message)),
      versions: packageVersions(),
      dataKey: dataKeyOf(dataset),
      profiles: new Map(),
      seconds: { load: (loaded - started) / 1000, encode: (performance.now() - loaded) / 1000 },
    };
  } catch (error) {
    await encoder.dispose?.();
    throw error;
  }
}

/** Which language model answers may come from the environment; the key to it never enters. */
const LLM_ENVIRONMENT = ['ROUTEPROFILE_LLM_MODEL', 'ROUTEPROFILE_LLM_BASE_URL', 'OPENAI_BASE_URL'];

/** The key of a cell: whatever would change its result. */
export function cellKey({ plan, dataset, cells, dataKey, encoder, graphs, versions }: Bench, cell: Cell): string {
  const profile = plan.profiles[cell.profile]!;
  const router = plan.routers[cell.router]!;
  const { frontier, robustness } = plan.config;
  const extra = !isLookup(plan, cell) && (frontier || robustness !== undefined) ? { frontier, robustness } : undefined;
  return cells.keyOf({
    data: dataKey,
    encoder: encoder.id,
    prefixes: dataset.sharedPrefixes ?? [],
    graph: graphs.get(profile.graph)!.hash,
    profile: { name: profile.reference.name, options: profile.options },
    ...(profile.quantization && { quantization: profile.quantization }),
    ...(extra && { extra }),
    router: { name: nameOf(router.reference), options: router.options },
    ...((profile.plugin ?? router.plugin) !== undefined && {
      plugins: [profile.plugin ?? null, router.plugin ?? null],
    }),
    ...(profile.options['summarizer'] === 'llm' && { llm: LLM_ENVIRONMENT.map((name) => process.env[name] ?? null) }),
    seed: cell.seed,
    versions,
  });
}

/** An exception with the name of the plugin it comes from; errors of ours about built-in strategies pass through. */
function named(kind: string, { label, plugin }: { label: string; plugin?: string }, error: unknown): Error {
  const ours = RouteProfileError.isInstance(error);
  if (ours && (plugin === undefined || error.code === 'ABORTED' || error.message.includes(label))) return error;
  const text = messageOf(error);
  return new RouteProfileError(ours ? error.code : 'PLUGIN_FAILED', `${kind} ${label} failed: ${text}`, {
    cause: error,
  });
}

/**
 * What a profile strategy returned, held against its contract.
 * @throws RouteProfileError PLUGIN_FAILED
 */
function checkedSet(label: string, set: ProfileSet, models: readonly string[]): ProfileSet {
  try {
    if (set.models.join('\n') !== models.join('\n'))
      throw new RouteProfileError(
        'SHAPE_MISMATCH',
        `its models are ${set.models.join(', ')}, not ${models.join(', ')}`,
      );
    assertShape(set.vectors, models.length, set.vectors.cols, 'its vectors');
    assertFinite(set.vectors, 'its vectors');
    return set;
  } catch (cause) {
    const text = messageOf(cause);
    throw new RouteProfileError('PLUGIN_FAILED', `profile ${label} returned what a profile set is not: ${text}`, {
      cause,
    });
  }
}

async function buildProfiles(bench: Bench, profile: ChosenProfile, ctx: RunContext): Promise<ProfileSet> {
  const { dataset, encoder, graphs, encoded, plan } = bench;
  const graph = graphs.get(profile.graph)!;
  const features = encoded.features.get(graph);
  try {
    const input = await profileInput(dataset, profile.strategy, graph, encoder, ctx, {
      train: encoded.train,
      ...(features && { features }),
    });
    const built = await profile.strategy.build(input, profile.options, ctx);
    const whole = profile.plugin === undefined ? built : checkedSet(profile.label, built, input.models);
    const set = profile.quantization ? quantizeProfiles(whole, profile.quantization).set : whole;
    const marked = dataset.simulated ? { ...set, provenance: { ...set.provenance, simulated: true } } : set;
    await writeProfileSet(join(plan.config.out, 'profiles'), `${fileLabel(profile.label)}-seed${ctx.seed}`, marked);
    return marked;
  } catch (error) {
    throw named('profile', profile, error);
  }
}

/** What compressing a profile set saved and lost, as its provenance says. */
function compression(quantization: Quantization, { provenance }: ProfileSet): NonNullable<CellResult['quantization']> {
  const figure = (name: string): number => provenance.diagnostics?.[name] ?? NaN;
  return {
    spec: formatQuantization(quantization),
    bytesPerModel: figure('bytesPerModel'),
    bytesBefore: figure('bytesPerModelBefore'),
    reconstructionError: figure('reconstructionError'),
  };
}

/** Lookups come first in the plan; they are yardsticks, and asked for choices alone. */
const isLookup = ({ cells, lookups }: Plan, cell: Cell): boolean => cells.indexOf(cell) < lookups;

/** How much worse than the best single model the operating point of a frontier may be. */
const WITHIN = 0.02;

/** Choices for every weight of cost; nothing where the data know no costs or the router gives no scores. */
async function frontierOf(
  { strategy, options, label }: Plan['routers'][number],
  input: RouterInput,
  queries: QueryBatch,
  fitted: Router,
  ctx: RunContext,
): Promise<Pick<CellResult, 'frontier'>> {
  try {
    const frontier = await fitFrontier(strategy, options, input, ctx, {
      within: WITHIN,
      router: fitted,
    });
    const { operatingPoint } = frontier;
    const { lambdas, choices } = await frontier.sweep(queries, ctx);
    const point = operatingPoint && {
      target: `within ${100 * WITHIN} points of the best single model`,
      lambda: operatingPoint.lambda,
      outOfFold: { quality: operatingPoint.quality, costShare: operatingPoint.costShare },
    };
    return { frontier: { lambdas: [...lambdas], choices, operatingPoint: point } };
  } catch (error) {
    if (!RouteProfileError.isInstance(error) || error.code !== 'UNSUPPORTED') throw error;
    ctx.logger?.warn(`${label}: no cost–quality frontier: ${error.message}`);
    return {};
  }
}

/** Fits the cell's router on its profiles and routes the test rows; saves router and result. */
async function computeCell(bench: Bench, cell: Cell, ctx: RunContext): Promise<CellResult> {
  const { plan, dataset, encoder, encoded } = bench;
  const profile = plan.profiles[cell.profile]!;
  const router = plan.routers[cell.router]!;
  const key = `${cell.profile}|${cell.seed}`;
  let set = bench.profiles.get(key);
  if (!set) bench.profiles.set(key, (set = buildProfiles(bench, profile, ctx)));
  const profiles = await set;
  try {
    const input = routerInput(dataset, profiles, encoded.train, encoder.id);
    const fitted = await router.strategy.fit(input, router.options, ctx);
    const { models } = dataset.test;
    const withTasks = router.strategy.needs.includes('tasks');
    const queries = queryBatch(dataset.test.queries, encoded.test, encoder.id, withTasks);
    const chosen = await choicesOf(router.label, fitted, queries, models, dataset.newModels, ctx);
    const folder = routerFolder(plan.config.out, { label: cellLabel(bench, cell), seed: ctx.seed });
    const wiring = wiringOf(dataset, { ...pluginReference(router.reference), profile: profile.label });
    await writeRouterArtifact(folder, wired(await fitted.save(), wiring));
    const latency = await decisionLatency(fitted, queries, ctx);
    const result: CellResult = {
      ...chosen,
      ...(profiles.provenance.diagnostics && { profileDiagnostics: profiles.provenance.diagnostics }),
      ...(profile.quantization && { quantization: compression(profile.quantization, profiles) }),
      ...(latency && { latency }),
    };
    if (isLookup(plan, cell)) return result;
    const { rephrased } = bench;
    return {
      ...result,
      ...(plan.config.frontier && (await frontierOf(router, input, queries, fitted, ctx))),
      ...(rephrased.length > 0 && {
        robustness: await robustness(router.label, fitted, chosen.choices, rephrased, { models, withTasks }, ctx),
      }),
    };
  } catch (error) {
    throw named('router', router, error);
  }
}

export const cellLabel = ({ plan }: Bench, cell: Cell): string =>
  cellName(plan.profiles[cell.profile]!.label, plan.routers[cell.router]!.label);

/** What the report keeps of a cell that failed. */
export function failedCell(bench: Bench, cell: Cell, { code, message }: RouteProfileError): FailedCell {
  const { profiles, routers } = bench.plan;
  return {
    profile: profiles[cell.profile]!.reference.name,
    router: nameOf(routers[cell.router]!.reference),
    label: cellLabel(bench, cell),
    seed: cell.seed,
    code,
    message,
  };
}

/** After these nothing could be kept, or nothing is wanted any more. */
const ENDS_A_RUN = new Set(['OUTPUT_UNWRITABLE', 'WRITE_FAILED', 'ABORTED']);

/** Computes a cell and stores its result, or gives what it failed with. */
export async function runCell(bench: Bench, cell: Cell, ctx: RunContext): Promise<CellResult | FailedCell> {
  const store = fileStore(join(bench.plan.config.out, 'store'));
  try {
    const result = await computeCell(bench, cell, { ...ctx, seed: cell.seed, store });
    await bench.cells.write(cellKey(bench, cell), bench.dataset.test.models, result);
    return result;
  } catch (error) {
    if (!RouteProfileError.isInstance(error) || ENDS_A_RUN.has(error.code)) throw error;
    return failedCell(bench, cell, error);
  }
}

export const isFailure = (outcome: CellResult | FailedCell): outcome is FailedCell => 'code' in outcome;
