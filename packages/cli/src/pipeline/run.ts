import { basename, join, relative } from 'node:path';
import { mkdir, rm } from 'node:fs/promises';
import { hashBytes, hashJson, writeFileAtomic, writeJsonFile } from '@routeprofile/data';
import {
  assembleReport,
  assembleRows,
  builtInMetrics,
  takeTableRows,
  usableRows,
  type EvaluatedCell,
  type ReportInput,
} from '@routeprofile/eval';
import { renderHtmlReport } from '@routeprofile/eval/node';
import { formatQuantization } from '@routeprofile/profiles';
import {
  RouteProfileError,
  type Dataset,
  type FailedCell,
  type RowsFile,
  type RunConfig,
  type RunContext,
  type RunReport,
} from '@routeprofile/schema';
import { pluginMetrics, type PluginMetrics } from '../plugin-metric.js';
import { isFailure, openBench, type Bench, type BenchOptions } from './bench.js';
import { cellName, nameOf, routerFolder } from './labels.js';
import { planRun } from './plan.js';
import { runCells, type CellOutcomes } from './run-cells.js';
import { selectionRows } from './selection.js';
import { messageOf } from '../message-of.js';

/** What a run found out, and where it was written. */
export interface RunResult {
  report: RunReport;
  /** Metrics of plugins that failed, by name; among the report's warnings too. */
  problems: readonly string[];
  /** Cells taken from an earlier run. */
  reused: number;
  reportPath: string;
  htmlPath: string;
}

/** Of everything that two runs must share for their rows to be the same. */
const testHashOf = ({ test }: Dataset): string =>
  hashJson({
    models: test.models,
    queries: test.queries.map(({ id, text }) => [id, text]),
    score: hashBytes(
      new Uint8Array(test.values.score.buffer, test.values.score.byteOffset, test.values.score.byteLength),
    ),
  });

/** The metrics of plugins, tried on the choice of the first candidate everywhere. */
function metricsOf({ plan: { config }, dataset }: Bench, ctx: RunContext): Promise<PluginMetrics> {
  const { candidates, newModels, test } = dataset;
  const table = takeTableRows(test, usableRows(test));
  const run = { candidates, newModels, table, choices: new Int32Array(table.queries.length) };
  return pluginMetrics(config.metric ?? [], run, config.pluginTimeout, ctx);
}

function reportOf(
  bench: Bench,
  { outcomes }: CellOutcomes,
  { metrics, problems }: PluginMetrics,
): { report: RunReport; rows: RowsFile } {
  const { plan, dataset, encoder, versions } = bench;
  const { config, profiles, routers, lookups } = plan;
  const finished: (EvaluatedCell & { graph: string })[] = [];
  const failed: FailedCell[] = [];
  const lookupChoices: Record<string, Int32Array> = {};
  const lookupsWithoutNew: Record<string, Int32Array> = {};
  plan.cells.forEach((cell, i) => {
    const outcome = outcomes[i]!;
    const profile = profiles[cell.profile]!;
    const router = routers[cell.router]!;
    if (i < lookups) {
      if (isFailure(outcome)) return;
      lookupChoices[router.label] = outcome.choices;
      if (outcome.choicesWithoutNew) lookupsWithoutNew[router.label] = outcome.choicesWithoutNew;
    } else if (isFailure(outcome)) failed.push(outcome);
    else
      finished.push({
        ...outcome,
        profile: profile.reference.name,
        router: nameOf(router.reference),
        label: cellName(profile.label, router.label),
        graph: profile.graph,
        options: {
          profile: {
            ...profile.options,
            ...(profile.quantization && { quantize: formatQuantization(profile.quantization) }),
          },
          router: router.options,
        },
        seed: cell.seed,
        folder: savedAt(config.out, cellName(profile.label, router.label), cell.seed),
      });
  });
  const selection = selectionRows(bench);
  const input: ReportInput = {
    dataset,
    testName: config.test === undefined ? 'test' : basename(config.test),
    encoder: encoder.id,
    graph: config.graph,
    cells: finished,
    failed,
    lookups: lookupChoices,
    lookupsWithoutNew,
    versions,
    seed: config.seed[0]!,
    margin: config.margin,
    ...(selection && { selection }),
    ...(metrics.length > 0 && { metrics: [...builtInMetrics, ...metrics] }),
  };
  const report = assembleReport(input);
  const warnings = [...report.warnings, ...problems];
  return {
    report: { ...report, warnings, rows: report.rows.map((row, i) => ({ ...row, graph: finished[i]!.graph })) },
    rows: assembleRows(input, testHashOf(dataset)),
  };
}

/** A router's folder as the report names it: relative, with `/` on every system. */
const savedAt = (out: string, label: string, seed: number): string =>
  relative(out, routerFolder(out, { label, seed })).replaceAll('\\', '/');

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

/**
 * The whole pipeline: dataset → graph → profiles → routers → evaluation, into `config.out`. Cells finished by an
 * earlier run with the same inputs are reused, so that an interrupted run goes on where it stopped.
 * @param ctx its seed is not read: `config.seed` holds the seeds
 * @throws RouteProfileError for bad input, and ABORTED when the context's signal fires
 */
export async function run(
  config: RunConfig,
  ctx: Omit<RunContext, 'seed'> = {},
  options: BenchOptions = {},
): Promise<RunResult> {
  const started = performance.now();
  const context: RunContext = { ...ctx, seed: config.seed[0]! };
  const plan = await planRun(config);
  await ensureWritable(config.out);
  const bench = await openBench(plan, context, options);
  try {
    const results = await runCells(bench, context);
    const metrics = await metricsOf(bench, context);
    const { report, rows } = reportOf(bench, results, metrics);
    const reportPath = join(config.out, 'report.json');
    const htmlPath = join(config.out, 'report.html');
    await writeJsonFile(reportPath, report);
    await writeJsonFile(join(config.out, 'rows.json'), rows);
    await writeFileAtomic(
      htmlPath,
      renderHtmlReport(report, {
        onFailure: (part, error) => context.logger?.warn(`${htmlPath}: the part '${part}' failed: ${messageOf(error)}`),
      }),
    );
    await writeJsonFile(join(config.out, 'timings.json'), {
      ...bench.seconds,
      cells: results.timings,
      decisionMilliseconds: results.latencies,
      total: (performance.now() - started) / 1000,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    });
    return {
      report,
      problems: metrics.problems,
      reused: results.reused.slice(plan.lookups).filter(Boolean).length,
      reportPath,
      htmlPath,
    };
  } finally {
    await bench.encoder.dispose?.();
  }
}
