import type { RoutingRun } from '@routeprofile/schema';

/** The scores of row q, one a model. */
export const scoresOf = ({ table }: RoutingRun, q: number): Float64Array =>
  table.values.score.subarray(q * table.models.length, (q + 1) * table.models.length);

/** One number per row, from the score of the choice. */
export function mapRows(run: RoutingRun, value: (score: number, choice: number, q: number) => number): Float64Array {
  const { score } = run.table.values;
  const width = run.table.models.length;
  return Float64Array.from(run.choices, (choice, q) => value(score[q * width + choice]!, choice, q));
}
