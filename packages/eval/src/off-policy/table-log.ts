import type { Matrix, OutcomeValues } from '@routeprofile/schema';
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
export function logOfTable(
  { score, cost, propensity }: Pick<OutcomeValues, 'score' | 'cost' | 'propensity'>,
  models: readonly string[],
  vectors?: Matrix,
): TableLog | null {
  const width = models.length;
  const measuredOn = (row: number) =>
    Array.from({ length: width }, (_, m) => m).filter((m) => !Number.isNaN(score[row * width + m]!));
  const known = Array.from({ length: width === 0 ? 0 : score.length / width }, (_, row) => ({
    row,
    measured: measuredOn(row),
  })).filter(({ measured }) => measured.length > 0);
  if (known.length === 0) return null;
  const take = (column: Float64Array) => {
    const out = new Float64Array(known.length * width);
    known.forEach(({ row }, i) => out.set(column.subarray(row * width, (row + 1) * width), i * width));
    return out;
  };
  const asked = new Uint8Array(known.length * width);
  const stated = new Float64Array(known.length);
  known.forEach(({ row, measured }, i) => {
    if (measured.length > 1) for (const m of measured) asked[i * width + m] = 1;
    stated[i] = measured.length > 1 ? 1 : (propensity?.[row * width + measured[0]!] ?? NaN);
  });
  return {
    rows: Int32Array.from(known, ({ row }) => row),
    log: {
      models,
      chosen: Int32Array.from(known, ({ measured }) => measured[0]!),
      score: take(score),
      cost: take(cost),
      ...(!stated.some(Number.isNaN) && { propensities: { of: 'chosen', values: stated } }),
      ...(asked.includes(1) && { asked }),
      ...(vectors && { vectors: rowsOf(vectors, known) }),
    },
  };
}

function rowsOf({ cols, data }: Matrix, known: readonly { row: number }[]): Matrix {
  const out = new Float32Array(known.length * cols);
  known.forEach(({ row }, i) => out.set(data.subarray(row * cols, (row + 1) * cols), i * cols));
  return { rows: known.length, cols, data: out };
}
