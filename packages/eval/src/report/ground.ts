import { bestSingle, type BestSingle } from '@routeprofile/numerics';
import {
  isTestLog,
  RouteProfileError,
  statesChances,
  type Dataset,
  type OutcomeTable,
  type TrainingData,
} from '@routeprofile/schema';
import { bestInHindsight } from '../baselines/baselines.js';
import { cheapest } from '../baselines/cheapest.js';
import { LEAST_ROWS } from '../interval.js';
import { takeTableRows, usableRows } from '../table.js';

/** The test rows that count, and the constants to compare with. */
export interface TestGround {
  /** Which rows of the test table have an outcome of every candidate; none where the table is judged as a log. */
  rows: Int32Array;
  /** The test table is judged as a log. */
  asLog: boolean;
  /** These rows alone. */
  table: OutcomeTable;
  /** Chosen on the training rows that routers see. */
  single: BestSingle | null;
  /** Indices of models. */
  hindsight: number | null;
  cheapest: number | null;
}

/**
 * Whether test rows have to be judged as a log: they state with which chances models were asked, and some lack an outcome; or most have
 * one model's outcome (see `isTestLog`), and too few have every candidate's.
 */
const isJudgedAsLog = (dataset: Pick<Dataset, 'logged' | 'test'>, complete: number): boolean =>
  complete < dataset.test.queries.length &&
  (statesChances(dataset.test.values) || (complete < LEAST_ROWS && isTestLog(dataset)));

/**
 * @param training what routers learn from
 * @throws RouteProfileError SHAPE_MISMATCH when the test table's models are not the candidates
 */
export function testGround(dataset: Dataset, training: Pick<TrainingData, 'pairs' | 'outcomes'>): TestGround {
  const { candidates, newModels, test } = dataset;
  const ids = candidates.map(({ id }) => id);
  if (ids.length !== test.models.length || ids.some((id, m) => id !== test.models[m]))
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `the test table's models (${test.models.join(', ')}) are not the candidates (${ids.join(', ')})`,
      { hint: 'Columns of outcomes follow the order of the candidates.' },
    );
  // Of a log, rows with every outcome are those that somebody asked for: no sample of its queries.
  const usable = usableRows(test);
  const asLog = isJudgedAsLog(dataset, usable.length);
  const rows = asLog ? new Int32Array() : usable;
  const table = takeTableRows(test, rows);
  return {
    rows,
    asLog,
    table,
    single: bestSingle(ids, training, newModels),
    hindsight: bestInHindsight(table),
    cheapest: cheapest(candidates, training),
  };
}
