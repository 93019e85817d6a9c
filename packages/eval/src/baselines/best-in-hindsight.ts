import type { OutcomeTable } from '@routeprofile/schema';

/**
 * The model with the highest mean score on these very rows, the first of equals: no one can know it beforehand, and the best
 * of many constants looks better here than it is.
 * @param table every score known
 * @returns its index; null without rows
 */
export function bestInHindsight({ models, queries, values }: OutcomeTable): number | null {
  if (queries.length === 0) return null;
  const sums = models.map((_, m) => queries.reduce((sum, _query, q) => sum + values.score[q * models.length + m]!, 0));
  return sums.indexOf(Math.max(...sums));
}
