import { join, relative } from 'node:path';
import { mkdir, rm } from 'node:fs/promises';
import { writeFileAtomic, writeJsonFile } from '@routeprofile/data';
import { RouteProfileError, messageOf, type RunConfig, type RunContext, type RunReport } from '@routeprofile/schema';
import { blindSpotWarnings, findBlindSpots } from '../encoders/blind-spots.js';
import { isBuiltInRouter } from '../plugins/plugins.js';
import { worksAlone } from '../plugins/trust.js';
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../cells/workspace.js';
import { routersFolder } from '../labels.js';
import { removeLeftovers } from './leftovers.js';
import { planRun } from '../cells/plan.js';
import { publish } from './publish.js';
import { writeReport } from './write-report.js';
import { writeSuggested } from './suggested.js';
import { metricsOf, reportOf, type ReportedCell } from './report.js';
import { runCells, type CellOutcomes } from '../cells/run-cells.js';
import { remoteWorkers, type QueueOptions } from '../queue/remote-cells.js';

/** What a run found out, and where it was written. */
export interface RunResult {
  /** What report.json holds. */
  report: RunReport;
  /** Metrics of plugins that failed, by name; among the report's warnings too. */
  problems: readonly string[];
  /** Cells taken from an earlier run. */
  reused: number;
  /** Saved routers, one per row of the report; none where the router was saved before. */
  routers: readonly SavedRouter[];
  reportPath: string;
  htmlPath: string;
  /** Where `report` does not hold every constant: the file that does, one line of JSON (`ConstantLine`) per candidate. */
  constantsPath?: string;
  /** Answers that are suggested, for `collect`; where the config wants some. */
  suggestedPath?: string;
}

/** Where a row's router lies, and what has to be named to ask it. */
export interface SavedRouter {
  folder: string;
  /** As the run's config names it, where its code is a plugin's. */
  plugin?: string;
  /** As the run's config names it; null where it needs none. */
  encoder: string | null;
}

/** What has to be named to ask the router, besides its folder. */
export const mustNameOf = ({ plugin, encoder }: SavedRouter): ('plugin' | 'encoder')[] => [
  ...(plugin !== undefined ? (['plugin'] as const) : []),
  ...(encoder !== null && !worksAlone(encoder) ? (['encoder'] as const) : []),
];

/** What the encoder cannot tell of the run's queries, all of which it has encoded. */
async function encoderWarnings({ dataset: { train, test }, encoder }: Workspace, ctx: RunContext): Promise<string[]> {
  const queries = [...train.queries, ...test.queries].map(({ text }) => text);
  return blindSpotWarnings(await findBlindSpots(encoder, queries, 'all', ctx));
}

/** Found out before hours of work, not after. */
async function ensureWritable(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
  } catch (cause) {
    const text = messageOf(cause);
    throw new RouteProfileError('OUTPUT_UNWRITABLE', `the output folder ${out} cannot be made: ${text}`, {
      cause,
      hint: 'Name another folder with --out.',
    });
  }
  const probe = join(out, '.routeprofile-write-test');
  await writeFileAtomic(probe, '');
  await rm(probe, { force: true });
}

/** The routers of a run's rows, under their names in OUT. */
async function savedRouters(workspace: Workspace, results: CellOutcomes): Promise<SavedRouter[]> {
  const { config, routers } = workspace.plan;
  return (await publish(workspace, results)).map(({ name, cell }) => {
    const { reference } = routers[cell.router]!;
    return {
      folder: join(routersFolder(config.out), name),
      encoder: config.encoder,
      ...(!isBuiltInRouter(reference.name) && { plugin: reference.name }),
    };
  });
}

/**
 * Measures what was found against every baseline and writes the report with its files into OUT.
 * @param more cells that were not planned, such as a saved router's
 * @param started when the work began, by `performance.now()`
 */
async function finish(
  workspace: Workspace,
  results: CellOutcomes,
  more: readonly ReportedCell[],
  started: number,
  ctx: RunContext,
): Promise<RunResult> {
  const { out } = workspace.plan.config;
  const trained = performance.now();
  const metrics = await metricsOf(workspace, ctx);
  const routers = await savedRouters(workspace, results);
  const places = routers.map((router) => {
    const mustName = mustNameOf(router);
    return {
      folder: relative(out, router.folder).replaceAll('\\', '/'),
      ...(mustName.length > 0 && { mustName }),
    };
  });
  const found = reportOf(workspace, results, metrics, {
    blindSpots: await encoderWarnings(workspace, ctx),
    places,
    more,
  });
  const evaluated = performance.now();
  const { report, reportPath, htmlPath, constantsPath } = await writeReport(out, found, ctx);
  const suggestedPath = await suggested(workspace, report, ctx);
  await writeJsonFile(join(out, 'timings.json'), {
    ...workspace.seconds,
    cells: results.timings,
    decisionMilliseconds: results.latencies,
    evaluation: (evaluated - trained) / 1000,
    report: (performance.now() - evaluated) / 1000,
    total: (performance.now() - started) / 1000,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  });
  return {
    report,
    problems: metrics.problems,
    reused: results.reused.slice(workspace.plan.lookups).filter(Boolean).length,
    routers,
    reportPath,
    htmlPath,
    ...(constantsPath !== undefined && { constantsPath }),
    ...(suggestedPath !== undefined && { suggestedPath }),
  };
}

/** Writes what is suggested, where the config wants it. @returns its path */
async function suggested(
  { plan: { config }, dataset }: Workspace,
  { offPolicy }: RunReport,
  ctx: RunContext,
): Promise<string | undefined> {
  if (config.suggest === undefined) return undefined;
  if (offPolicy?.suggestions) return writeSuggested(offPolicy.suggestions, dataset.test.queries, config, ctx);
  ctx.logger?.warn(
    'suggest: nothing is suggested, for the test rows are not judged as a log: what every model does on them is known',
  );
  return undefined;
}

/** What else a run may be given. */
export interface RunOptions extends WorkspaceOptions {
  /** Cells beside those of the plan, computed on its workspace: a saved router's. */
  more?: (workspace: Workspace, ctx: RunContext) => Promise<ReportedCell[]>;
  /** Where workers of any machine take the cells from; default they are computed here. */
  queue?: QueueOptions | undefined;
}

/**
 * The whole pipeline: dataset → graph → profiles → routers → evaluation, into `config.out`. Cells finished by an
 * earlier run with the same inputs are reused, so that an interrupted run goes on where it stopped.
 * @param ctx its seed is not read: `config.seed` holds the seeds
 * @throws RouteProfileError for bad input, and ABORTED when the context's signal fires
 */
export async function run(
  config: RunConfig,
  ctx: Omit<RunContext, 'seed'> = {},
  { more, queue, ...options }: RunOptions = {},
): Promise<RunResult> {
  const started = performance.now();
  const context: RunContext = { ...ctx, seed: config.seed[0]! };
  const plan = await planRun(config);
  await ensureWritable(config.out);
  for (const folder of new Set([config.out, options.shared ?? config.out])) await removeLeftovers(folder);
  const workspace = await openWorkspace(plan, context, options);
  try {
    const results = await runCells(workspace, context, queue && remoteWorkers(queue));
    const others = more === undefined ? [] : await more(workspace, context);
    return await finish(workspace, results, others, started, context);
  } finally {
    await workspace.encoder.dispose?.();
  }
}

export interface ScenarioResult extends RunResult {
  name: string;
}

/**
 * One run per scenario, each with a report in a folder of its own, over one shared store of cells: what does not depend on
 * the scenario's test labels is computed once.
 */
export async function runScenarios(
  config: RunConfig,
  ctx: Omit<RunContext, 'seed'> = {},
  { queue }: Pick<RunOptions, 'queue'> = {},
): Promise<ScenarioResult[]> {
  const { scenarios = [], ...shared } = config;
  const results: ScenarioResult[] = [];
  for (const { name, ...changes } of scenarios) {
    ctx.logger?.info(`Scenario ${name}`);
    const changed = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    results.push({
      name,
      ...(await run({ ...shared, ...changed, out: join(config.out, name) }, ctx, { shared: config.out, queue })),
    });
  }
  return results;
}
