import type { Dataset, KeptPromise, Recommendation, ReportRow } from '@routeprofile/schema';
import { meanOf } from '@routeprofile/numerics';
import { ratioEstimate } from '../interval.js';
import { choosesOneModel } from '../collapse.js';
import { callCost } from '../metrics/run-costs.js';
import { estimateContenders, type RouterContender, type SelectionRows } from '../recommend/contenders.js';
import { keptPromises } from '../recommend/promises.js';
import { recommend } from '../recommend/recommend.js';
import type { EvaluatedCell } from './cell.js';
import type { TestGround } from './ground.js';
import { rowName } from './read.js';

/** How much lower a mean score still counts as not worse, unless said otherwise: 2 points of 100. */
export const MARGIN = 0.02;

/** What a verdict needs of a report's input. */
interface VerdictInput {
  dataset: Dataset;
  cells: readonly EvaluatedCell[];
  selection?: SelectionRows;
  margin?: number;
  seed: number;
}

/** What the report comes to: one recommendation, and what became of promises. */
export function verdictOn(
  { dataset, cells, selection, margin = MARGIN, seed }: VerdictInput,
  { rows, table, single }: TestGround,
  reportRows: readonly ReportRow[],
): { recommendation?: Recommendation; promises: KeptPromise[] } {
  const { models, values } = table;
  const bootstrap = { seed };
  const scale = { unit: values.score.every((score) => score >= 0 && score <= 1) };
  const onRows = ({ choices }: EvaluatedCell) => rows.map((row) => choices[row]!);
  const scores = (choices: Int32Array) => Float64Array.from(choices, (m, q) => values.score[q * models.length + m]!);
  const costs = (choices: Int32Array) => {
    const found = Float64Array.from(choices, (m, q) => callCost(table, dataset.candidates[m], q, m));
    return found.length > 0 && found.every(Number.isFinite) ? found : null;
  };
  const perThousand = (found: Float64Array | null) =>
    found && (1000 * found.reduce((sum, cost) => sum + cost, 0)) / found.length;
  const always = single && new Int32Array(rows.length).fill(single.index);
  const theirs = always && costs(always);

  const promises = keptPromises(
    cells.map((cell) => ({ label: cell.label, seed: cell.seed, promises: cell.promises ?? [], choices: onRows(cell) })),
    { models, bestSingle: single?.model ?? null, scores, costs, scale, bootstrap },
  );
  const recommendation = recommend({
    routers: cells.map((cell, i) => {
      const row = reportRows[i]!;
      const own = costs(onRows(cell));
      return {
        label: cell.label,
        name: rowName({ rows: reportRows }, row),
        profile: cell.profile,
        router: cell.router,
        seed: cell.seed,
        ...(cell.folder !== undefined && { folder: cell.folder }),
        ...(cell.mustName !== undefined && { mustName: cell.mustName }),
        constant: choosesOneModel(row.collapse),
        echoesSingle: row.collapse.flag && row.collapse.equals === single?.model,
        average: row.metrics['avg_performance'] ?? null,
        costPer1k: perThousand(own),
        interval: row.intervals['avg_performance'],
        costShare: own && theirs && ratioEstimate(own, theirs, bootstrap),
      };
    }),
    single:
      single && always && rows.length > 0
        ? { model: single.model, average: meanOf(scores(always)), costPer1k: perThousand(theirs) }
        : null,
    estimates: selection ? estimatesOf(cells, selection, { dataset }) : null,
    folds: selection ? new Set(selection.foldOf).size : 0,
    margin,
    testRows: rows.length,
    scale,
  });
  return { ...(recommendation && { recommendation }), promises };
}

const estimatesOf = (
  cells: readonly EvaluatedCell[],
  selection: SelectionRows,
  { dataset }: Pick<VerdictInput, 'dataset'>,
) => {
  const routers = cells.map(({ label, seed, outOfFold }): RouterContender => ({
    name: label,
    seed,
    ...(outOfFold && { outOfFold }),
  }));
  return estimateContenders(routers, selection, dataset.candidates, dataset.newModels);
};
