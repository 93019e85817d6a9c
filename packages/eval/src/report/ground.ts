import { bestSingle, type BestSingle } from '@routeprofile/numerics';
import { RouteProfileError, type Dataset, type OutcomeTable, type TrainingData } from '@routeprofile/schema';
import { bestInHindsight } from '../baselines/baselines.js';
import { cheapest } from '../baselines/cheapest.js';
import { takeTableRows, usableRows } from '../table.js';

/** The test rows that count, and the constants to compare with. */
export interface TestGround {
  /** Which rows of the test table have an outcome of every candidate. */
  rows: Int32Array;
  /** These rows alone. */
  table: OutcomeTable;
  /** Chosen on the training rows that routers see. */
  single: BestSingle | null;
  /** Indices of models. */
  hindsight: number | null;
  cheapest: number | null;
}

/**
 * @param training what routers learn from
 * @throws RouteProfileError SHAPE_MISMATCH when the test table's models are not the candidates
 */
export function testGround(
  { candidates, newModels, test }: Dataset,
  training: Pick<TrainingData, 'pairs' | 'outcomes'>,
): TestGround {
  const ids = candidates.map(({ id }) => id);
  if (ids.length !== test.models.length || ids.some((id, m) => id !== test.models[m]))
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `the test table's models (${test.models.join(', ')}) are not the candidates (${ids.join(', ')})`,
      { hint: 'Columns of outcomes follow the order of the candidates.' },
    );
  const rows = usableRows(test);
  const table = takeTableRows(test, rows);
  return {
    rows,
    table,
    single: bestSingle(ids, training, newModels),
    hindsight: bestInHindsight(table),
    cheapest: cheapest(candidates, training),
  };
}
