import type { Dataset, Metric, RowsFile, RunReport } from '@routeprofile/schema';
import { assembleReport } from '../report/assemble.js';
import type { EvaluatedCell } from '../report/cell.js';
import { assembleRows } from '../report/rows.js';
import { cellOf, datasetOf, tableOf } from './test-data.js';

/** For tests: scores of two models on six queries, which either, both or neither can answer; the last was not measured of both. */
export const SIX_SCORES: readonly (readonly number[])[] = [
  [1, 0],
  [1, 1],
  [0, 1],
  [0, 0.5],
  [0, 0],
  [NaN, 1],
];
const SIX_TASKS = ['x', 'x', 'y', 'y', null, 'y'];

/**
 * For tests: the rows of a run over the models `small`, at 0.001 dollars per query, and `large`, at 0.003.
 * @param cells `choices`: one a query; seed 1 unless given
 * @param scores [queries × 2]; the tasks of `SIX_SCORES` are repeated along them
 */
export function rowsFileOf(
  cells: readonly (readonly [label: string, choices: readonly number[], seed?: number])[],
  scores: readonly (readonly number[])[] = SIX_SCORES,
): RowsFile {
  const tasks = scores.map((_, q) => SIX_TASKS[q % SIX_TASKS.length]!);
  const table = tableOf(['small', 'large'], scores, tasks);
  table.values.cost.forEach((_, k) => (table.values.cost[k] = k % 2 ? 0.003 : 0.001));
  const dataset = datasetOf(table);
  return assembleRows(
    {
      dataset,
      training: dataset.train,
      cells: cells.map(([label, choices, seed = 1]) => cellOf(label, choices, { seed })),
      testName: 'test',
      lookups: { knn: new Int32Array(scores.length).fill(1) },
    },
    JSON.stringify(scores),
  );
}

/** For tests: scores of two models on 30 queries: every third one only the second can answer, the others only the first. */
export const THIRDS: readonly (readonly number[])[] = Array.from({ length: 30 }, (_, q) =>
  q % 3 === 0 ? [0, 1] : [1, 0],
);

/** The right choice on each query of `THIRDS`. */
export const THIRDS_ORACLE: readonly number[] = THIRDS.map((row) => row.indexOf(1));

/** For tests: the report of a run over `THIRDS`. */
export function thirdsReport(
  cells: readonly EvaluatedCell[],
  {
    models = ['a', 'b'],
    dataset: more,
    metrics,
  }: { models?: readonly [string, string]; dataset?: Partial<Dataset>; metrics?: readonly Metric[] } = {},
): RunReport {
  const dataset = datasetOf(tableOf(models, THIRDS), more);
  return assembleReport({
    dataset,
    training: dataset.train,
    cells,
    encoder: 'hash',
    graph: 'task',
    versions: {},
    testName: 'test',
    seed: 1,
    ...(metrics && { metrics }),
  });
}
