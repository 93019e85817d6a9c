import { basename } from 'node:path';
import { hashBytes, hashJson, routerTraining } from '@routeprofile/data';
import {
  assembleReport,
  assembleRows,
  builtInMetrics,
  takeTableRows,
  usableRows,
  type EvaluatedCell,
  type ReportInput,
} from '@routeprofile/eval';
import { formatQuantization } from '@routeprofile/profiles';
import type { Dataset, FailedCell, RowsFile, RunContext, RunReport } from '@routeprofile/schema';
import { pluginMetrics, type PluginMetrics } from '../plugins/plugin-metric.js';
import { byPerson } from '../plugins/trust.js';
import type { Workspace } from '../cells/workspace.js';
import { cellName, nameOf } from '../labels.js';
import { isFailure } from '../cells/run-cell.js';
import type { CellOutcomes } from '../cells/run-cells.js';
import { selectionRows } from '../cells/selection.js';

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
export function metricsOf({ plan: { config }, dataset }: Workspace, ctx: RunContext): Promise<PluginMetrics> {
  const { candidates, newModels, test } = dataset;
  const table = takeTableRows(test, usableRows(test));
  const run = { candidates, newModels, table, choices: new Int32Array(table.queries.length) };
  return pluginMetrics((config.metric ?? []).map(byPerson), run, config.pluginTimeout, ctx);
}

/** What a row of the report is made of. */
export type ReportedCell = EvaluatedCell & { graph: string };

/** What a report holds beside the figures of the planned cells. */
export interface ReportExtras {
  /** Warnings of what the encoder cannot tell apart. */
  blindSpots: readonly string[];
  /** Where the routers of the finished cells lie, in their order: relative to the report, with `/` on every system. */
  places: readonly Pick<ReportedCell, 'folder' | 'mustName'>[];
  /** Cells that were not planned, such as a saved router's. */
  more: readonly ReportedCell[];
}

/**
 * The report over a workspace's cells.
 */
export function reportOf(
  workspace: Workspace,
  { outcomes }: CellOutcomes,
  { metrics, problems }: PluginMetrics,
  { blindSpots, places, more }: ReportExtras,
): { report: RunReport; rows: RowsFile } {
  const { plan, dataset, encoder, versions } = workspace;
  const { config, profiles, routers, lookups } = plan;
  const finished: ReportedCell[] = [...more];
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
    else {
      const { files: _files, latency: _latency, ...found } = outcome;
      finished.push({
        ...found,
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
        ...places[finished.length - more.length],
      });
    }
  });
  const selection = selectionRows(workspace);
  const input: ReportInput = {
    dataset,
    training: routerTraining(dataset, undefined, encoder.id),
    testName: config.test === undefined ? 'test' : basename(config.test),
    testVectors: workspace.encoded.test,
    encoder: encoder.id,
    graph: config.graph,
    cells: finished,
    failed,
    lookups: lookupChoices,
    lookupsWithoutNew,
    versions,
    seed: config.seed[0]!,
    margin: config.margin,
    ...(config.suggest !== undefined && { suggest: config.suggest }),
    ...(selection && { selection }),
    ...(metrics.length > 0 && { metrics: [...builtInMetrics, ...metrics] }),
  };
  const report = assembleReport(input);
  const warnings = [...blindSpots, ...report.warnings, ...workspace.graphNotes, ...problems];
  return {
    report: { ...report, warnings, rows: report.rows.map((row, i) => ({ ...row, graph: finished[i]!.graph })) },
    rows: assembleRows(input, testHashOf(dataset)),
  };
}
