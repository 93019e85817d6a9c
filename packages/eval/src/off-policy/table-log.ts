import { takeOutcomes, takeRows, type Matrix, type OutcomeValues } from '@routeprofile/schema';
import type { LoggedRows } from './logged-rows.js';

/** The rows of a table that have an outcome, as a log. */
export interface TableLog {
  /** Shape [rows of the log]: their places in the table. */
  rows: Int32Array;
  log: LoggedRows;
}

/**
 * Outcomes as a log: a row with one model's outcome went to that model by chance, a row with several was asked of them on purpose. The
 * log's own chances are used where every row that one model answered states one.
 * @param values shape of each column [rows × models]
 * @param vectors shape [rows × dimensions]: what chances and rewards are estimated from
 * @returns null for a table without an outcome
 */
export function logOfTable(values: OutcomeValues, models: readonly string[], vectors?: Matrix): TableLog | null {
  const width = models.length;
  const measuredOn = (score: Float64Array, row: number) =>
    Array.from({ length: width }, (_, m) => m).filter((m) => !Number.isNaN(score[row * width + m]!));
  const rows = Int32Array.from({ length: width === 0 ? 0 : values.score.length / width }, (_, row) => row).filter(
    (row) => measuredOn(values.score, row).length > 0,
  );
  if (rows.length === 0) return null;
  const { score, cost, propensity } = takeOutcomes(values, rows, width);
  const chosen = new Int32Array(rows.length);
  const asked = new Uint8Array(score.length);
  const stated = new Float64Array(rows.length).fill(1);
  rows.forEach((_, i) => {
    const measured = measuredOn(score, i);
    chosen[i] = measured[0]!;
    if (measured.length > 1) for (const m of measured) asked[i * width + m] = 1;
    else stated[i] = propensity?.[i * width + measured[0]!] ?? NaN;
  });
  return {
    rows,
    log: {
      models,
      chosen,
      score,
      cost,
      ...(!stated.some(Number.isNaN) && { propensities: { of: 'chosen', values: stated } }),
      ...(asked.includes(1) && { asked }),
      ...(vectors && { vectors: takeRows(vectors, rows) }),
    },
  };
}
