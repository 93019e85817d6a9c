import type { Candidate, OutcomeTable, RoutingRun } from '@routeprofile/schema';
import { rowMetric } from './row-metric.js';

/**
 * Dollars of one call: as recorded, else input and output tokens × their prices (dollars per million tokens); NaN when neither is
 * known.
 * @param row of the table
 * @param model column of the table
 */
export function callCost(
  { values, models }: OutcomeTable,
  candidate: Candidate | undefined,
  row: number,
  model: number,
): number {
  const k = row * models.length + model;
  if (Number.isFinite(values.cost[k]!)) return values.cost[k]!;
  const price = candidate?.price;
  if (!price) return NaN;
  return (values.inputTokens[k]! * price.input + values.outputTokens[k]! * price.output) / 1e6;
}

/** The candidate behind a column: at the same place, as in a dataset, or wherever its id is. */
const candidateAt = ({ candidates, table }: Pick<RoutingRun, 'candidates' | 'table'>, m: number) =>
  candidates[m]?.id === table.models[m] ? candidates[m] : candidates.find(({ id }) => id === table.models[m]);

/** Dollars per 1,000 queries; null as soon as the cost of one pick is unknown, since a mean over the others would flatter. */
export const costPer1k = rowMetric({
  name: 'cost_per_1k',
  summary: 'dollars per 1,000 queries: recorded cost, else tokens × price; null if any choice has neither',
  higherIsBetter: false,
  perRow(run) {
    const costs = Float64Array.from(
      run.choices,
      (choice, q) => 1000 * callCost(run.table, candidateAt(run, choice), q, choice),
    );
    return costs.every(Number.isFinite) ? costs : null;
  },
});
