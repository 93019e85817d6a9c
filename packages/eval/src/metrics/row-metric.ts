import { defineMetric, type Metric, type RoutingRun } from '@routeprofile/schema';

/** A metric that is a mean over rows, so that it can be paired row by row. */
export interface RowMetric extends Metric {
  /**
   * One number per row; NaN where the row does not count, which no choice may change.
   * null when the data cannot say.
   */
  perRow: (run: RoutingRun) => Float64Array | null;
}

export function rowMetric(definition: Pick<RowMetric, 'name' | 'summary' | 'higherIsBetter' | 'perRow'>): RowMetric {
  const evaluate = (run: RoutingRun) => meanOfCounted(definition.perRow(run));
  return { ...defineMetric({ ...definition, evaluate }), perRow: definition.perRow };
}

/** Mean of the numbers that are not NaN; null when there are none. */
export function meanOfCounted(values: Float64Array | null): number | null {
  if (!values) return null;
  let sum = 0;
  let count = 0;
  for (const value of values)
    if (!Number.isNaN(value)) {
      sum += value;
      count++;
    }
  return count > 0 ? sum / count : null;
}

/** The scores of row q, one a model. */
export const scoresOf = ({ table }: RoutingRun, q: number): Float64Array =>
  table.values.score.subarray(q * table.models.length, (q + 1) * table.models.length);

/** One number per row, from the score of the choice. */
export function mapRows(run: RoutingRun, value: (score: number, choice: number, q: number) => number): Float64Array {
  const { score } = run.table.values;
  const width = run.table.models.length;
  return Float64Array.from(run.choices, (choice, q) => value(score[q * width + choice]!, choice, q));
}
