import type { Candidate, OutcomeTable, RoutingRun } from '@routeprofile/schema';

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

/** The candidate behind a column of the table: at the same place, as in a dataset, or wherever its id is. */
export const candidateAt = ({ candidates, table }: Pick<RoutingRun, 'candidates' | 'table'>, m: number) =>
  candidates[m]?.id === table.models[m] ? candidates[m] : candidates.find(({ id }) => id === table.models[m]);

/** Dollars of each call of a run; null as soon as the cost of one is not known. Shape [rows]. */
export function runCosts(run: RoutingRun): Float64Array | null {
  const costs = Float64Array.from(run.choices, (choice, q) => callCost(run.table, candidateAt(run, choice), q, choice));
  return costs.every(Number.isFinite) ? costs : null;
}
