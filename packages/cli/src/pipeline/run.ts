import { basename, join } from 'node:path';
import { mkdir, rm } from 'node:fs/promises';
import { loadDataset, writeFileAtomic, writeJsonFile, writeProfileSet, writeRouterArtifact } from '@routeprofile/data';
import { assembleReport, type EvaluatedCell } from '@routeprofile/eval';
import { renderHtmlReport } from '@routeprofile/eval/node';
import {
  formatStrategyReference,
  parseOptions,
  RouteProfileError,
  throwIfAborted,
  type Dataset,
  type Encoder,
  type FailedCell,
  type HeteroGraph,
  type ProfileSet,
  type ProfileStrategy,
  type RouterStrategy,
  type RunConfig,
  type RunContext,
  type RunReport,
  type StrategyReference,
} from '@routeprofile/schema';
import { resolveProfile, resolveRouter } from '../plugins.js';
import { packageVersions } from '../versions.js';
import { defaultCacheFolder } from '../cache.js';
import { openBackend } from './backend.js';
import { cellStore, type CellResult, type CellStore } from './cells.js';
import { choicesOf } from './decide.js';
import { fileLabel, strategyLabels } from './labels.js';
import { encodeAll, graphPreset, heteroGraph, openEncoder, type Encoded } from './prepare.js';
import { loadOptions } from './load-options.js';
import { queryBatch, routerInput } from './router-input.js';

/** Tables and neighbours that every run is compared with, next to the constants. */
const LOOKUPS = ['task-table', 'knn'] as const;

interface Chosen<S> {
  strategy: S;
  options: Record<string, unknown>;
  reference: StrategyReference;
  label: string;
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

/** What every cell of a run shares. */
interface Bench {
  config: RunConfig;
  dataset: Dataset;
  encoder: Encoder;
  graph: HeteroGraph;
  encoded: Encoded;
  cells: CellStore;
  versions: Record<string, string>;
}

export interface RunResult {
  report: RunReport;
  /** Cells taken from an earlier run. */
  reused: number;
  reportPath: string;
  htmlPath: string;
}

/** A plugin's own exceptions carry its name; ours pass through. */
function named(kind: string, name: string, error: unknown): Error {
  if (RouteProfileError.isInstance(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new RouteProfileError('PLUGIN_FAILED', `${kind} ${name} failed: ${text}`, { cause: error });
}

async function buildProfiles(
  { config, dataset, encoder, graph, encoded }: Bench,
  profile: Chosen<ProfileStrategy>,
  ctx: RunContext,
): Promise<ProfileSet> {
  const set = await profile.strategy
    .build(
      {
        models: dataset.candidates.map((candidate) => candidate.model),
        cards: dataset.cards,
        graph,
        encoder,
        ...(profile.strategy.needs.includes('features') && encoded.features && { features: encoded.features }),
      },
      profile.options,
      ctx,
    )
    .catch((error: unknown) => Promise.reject(named('profile', profile.label, error)));
  const marked = dataset.simulated ? { ...set, provenance: { ...set.provenance, simulated: true } } : set;
  await writeProfileSet(join(config.out, 'profiles'), `${fileLabel(profile.label)}-seed${ctx.seed}`, marked);
  return marked;
}

async function routeTestRows(
  bench: Bench,
  profile: ProfileSet,
  profileLabel: string,
  router: Chosen<RouterStrategy>,
  ctx: RunContext,
): Promise<CellResult> {
  const { config, dataset, encoder, encoded } = bench;
  try {
    const fitted = await router.strategy.fit(
      routerInput(dataset, profile, encoded.train, encoder.id),
      router.options,
      ctx,
    );
    const queries = queryBatch(dataset.test.queries, encoded.test, encoder.id, router.strategy.needs.includes('tasks'));
    const choices = await choicesOf(router.label, fitted, queries, dataset.test.models, ctx);
    const artifact = await fitted.save();
    await writeRouterArtifact(
      join(config.out, 'routers', fileLabel(`${profileLabel}.${router.label}.seed${ctx.seed}`)),
      {
        ...artifact,
        manifest: { ...artifact.manifest, profile: profileLabel },
      },
    );
    return { choices, ...(profile.provenance.diagnostics && { profileDiagnostics: profile.provenance.diagnostics }) };
  } catch (error) {
    throw named('router', router.label, error);
  }
}

/** The key of a cell: whatever would change its result. */
function cellKey(
  { cells, dataset, encoder, graph, versions }: Bench,
  profile: Chosen<ProfileStrategy>,
  router: Chosen<RouterStrategy>,
  seed: number,
): string {
  return cells.keyOf({
    dataset: dataset.hash,
    encoder: encoder.id,
    graph: graph.hash,
    profile: { name: profile.reference.name, options: profile.options },
    router: { name: router.reference.name, options: router.options },
    seed,
    versions,
  });
}

interface Cell {
  profile: Chosen<ProfileStrategy>;
  router: Chosen<RouterStrategy>;
  seed: number;
}

/** Runs or reuses each cell in order; a failure is kept beside the results and the others go on. */
async function runCells(bench: Bench, cells: readonly Cell[], ctx: RunContext) {
  const { dataset, cells: store } = bench;
  const rows = dataset.test.queries.length;
  const outcomes: (CellResult | FailedCell)[] = [];
  const timings: Record<string, number> = {};
  const profiles = new Map<string, Promise<ProfileSet>>();
  const made = new Set<string>();
  const reused: boolean[] = [];
  for (const { profile, router, seed } of cells) {
    throwIfAborted(ctx);
    const label = `${profile.label} × ${router.label}`;
    ctx.onProgress?.({ stage: 'cells', done: outcomes.length, total: cells.length, unit: 'cells', note: label });
    const key = cellKey(bench, profile, router, seed);
    const known = await store.read(key, dataset.test.models, rows);
    if (known) {
      reused[outcomes.length] = !made.has(key);
      outcomes.push(known);
      continue;
    }
    const started = performance.now();
    const context = { ...ctx, seed };
    try {
      const profileKey = `${formatStrategyReference(profile.reference)}|${seed}`;
      if (!profiles.has(profileKey)) profiles.set(profileKey, buildProfiles(bench, profile, context));
      const result = await routeTestRows(bench, await profiles.get(profileKey)!, profile.label, router, context);
      await store.write(key, dataset.test.models, result);
      made.add(key);
      outcomes.push(result);
    } catch (error) {
      throwIfAborted(ctx);
      // Nothing after this could be kept either.
      if (!RouteProfileError.isInstance(error) || ['OUTPUT_UNWRITABLE', 'WRITE_FAILED', 'ABORTED'].includes(error.code))
        throw error;
      ctx.logger?.warn(`${label}, seed ${seed}: ${error.message}`);
      outcomes.push({
        profile: profile.reference.name,
        router: router.reference.name,
        label,
        seed,
        code: error.code,
        message: error.message,
      });
    }
    timings[`${label}, seed ${seed}`] = (performance.now() - started) / 1000;
  }
  ctx.onProgress?.({ stage: 'cells', done: cells.length, total: cells.length, unit: 'cells' });
  return { outcomes, timings, reused };
}

const isFailure = (outcome: CellResult | FailedCell): outcome is FailedCell => 'code' in outcome;

/**
 * The whole pipeline: dataset → graph → profiles → routers → evaluation, into `config.out`. Cells finished by an
 * earlier run with the same inputs are reused, so that an interrupted run goes on where it stopped.
 * @param ctx its seed is not read: `config.seed` holds the seeds
 * @throws RouteProfileError for bad input, and ABORTED when the context's signal fires
 */
export async function run(config: RunConfig, ctx: Omit<RunContext, 'seed'> = {}): Promise<RunResult> {
  const seed = config.seed[0]!;
  const context: RunContext = { ...ctx, seed };
  // Everything that can be refused is refused before the first long step.
  const profiles = await choose(config.profile, (name) => resolveProfile(name));
  const routers = await choose(config.router, (name) => resolveRouter(name));
  const lookups = await choose(
    LOOKUPS.map((name) => ({ name, options: {} })),
    (name) => resolveRouter(name),
  );
  graphPreset(config.graph);
  await ensureWritable(config.out);
  if (config.backend !== undefined) await openBackend(config.backend);

  const started = performance.now();
  const dataset = await loadDataset(config.data, {
    ...loadOptions(config),
    // Without the logger: the report carries the dataset's warnings, once is enough.
    ...(ctx.signal && { signal: ctx.signal }),
  });
  const encoder = await openEncoder(config.encoder, { cache: config.cache ?? defaultCacheFolder() }, context);
  try {
    const graph = heteroGraph(dataset, config.graph);
    const wantsFeatures = profiles.some(({ strategy }) => strategy.needs.includes('features'));
    const loaded = performance.now();
    const encoded = await encodeAll(dataset, wantsFeatures ? graph : undefined, encoder, context);
    const encodedAt = performance.now();
    const bench: Bench = {
      config,
      dataset,
      encoder,
      graph,
      encoded,
      cells: cellStore(config.out, (message) => ctx.logger?.warn(message)),
      versions: packageVersions(),
    };
    const cells: Cell[] = config.seed.flatMap((s) =>
      profiles.flatMap((profile) => routers.map((router) => ({ profile, router, seed: s }))),
    );
    const compared: Cell[] = lookups.map((router) => ({ profile: profiles[0]!, router, seed }));
    const { outcomes, timings, reused } = await runCells(bench, [...compared, ...cells], context);

    const finished: EvaluatedCell[] = [];
    cells.forEach(({ profile, router, seed: s }, i) => {
      const outcome = outcomes[compared.length + i]!;
      if (isFailure(outcome)) return;
      finished.push({
        profile: profile.reference.name,
        router: router.reference.name,
        label: `${profile.label} × ${router.label}`,
        options: { profile: profile.options, router: router.options },
        seed: s,
        choices: outcome.choices,
        ...(outcome.profileDiagnostics && { profileDiagnostics: outcome.profileDiagnostics }),
      });
    });
    const lookupChoices: Record<string, Int32Array> = {};
    compared.forEach(({ router }, i) => {
      const outcome = outcomes[i]!;
      if (!isFailure(outcome)) lookupChoices[router.label] = outcome.choices;
    });
    const report = assembleReport({
      dataset,
      testName: config.test === undefined ? 'test' : basename(config.test),
      encoder: encoder.id,
      graph: config.graph,
      cells: finished,
      failed: outcomes.slice(compared.length).filter(isFailure),
      lookups: lookupChoices,
      versions: bench.versions,
      seed,
    });
    const reportPath = join(config.out, 'report.json');
    const htmlPath = join(config.out, 'report.html');
    await writeJsonFile(reportPath, report);
    await writeFileAtomic(htmlPath, renderHtmlReport(report));
    await writeJsonFile(join(config.out, 'timings.json'), {
      load: (loaded - started) / 1000,
      encode: (encodedAt - loaded) / 1000,
      cells: timings,
      total: (performance.now() - started) / 1000,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    });
    return { report, reused: reused.slice(compared.length).filter(Boolean).length, reportPath, htmlPath };
  } finally {
    await encoder.dispose?.();
  }
}

/** Found out before hours of work, not after. */
async function ensureWritable(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new RouteProfileError('OUTPUT_UNWRITABLE', `the output folder ${out} cannot be made: ${text}`, {
      cause,
      hint: 'Name another folder with --out.',
    });
  }
  const probe = join(out, '.routeprofile-write-test');
  await writeFileAtomic(probe, '');
  await rm(probe, { force: true });
}
