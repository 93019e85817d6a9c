import {
  askedPerQuery,
  createRandom,
  takeOutcomes,
  takeRows,
  type Matrix,
  type OutcomeValues,
} from '@routeprofile/schema';
import type { LoggedRows } from './logged-rows.js';

/** The rows of a table that have an outcome, as a log. */
export interface TableLog {
  /** Shape [rows of the log]: their places in the table. */
  rows: Int32Array;
  log: LoggedRows;
}

/**
 * Outcomes as a log. An outcome that states a propensity of 1 was asked for on purpose; of the others a row has one by chance, or, with
 * several, was asked them all on purpose. Where most rows have two, as battles do, two are by chance too: one of them, drawn, is the
 * row's outcome, and the other is left out, since what a model gets depends on its opponent. The log's own chances are used where every
 * outcome that is there by chance states one.
 * @param values shape of each column [rows × models]
 * @param seed by which one outcome of a battle is drawn
 * @param vectors shape [rows × dimensions]: what chances and rewards are estimated from
 * @returns null for a table without an outcome
 */
export function logOfTable(
  values: OutcomeValues,
  models: readonly string[],
  seed: number,
  vectors?: Matrix,
): TableLog | null {
  const width = models.length;
  const measuredOn = (score: Float64Array, row: number) =>
    Array.from({ length: width }, (_, m) => m).filter((m) => !Number.isNaN(score[row * width + m]!));
  const rows = Int32Array.from({ length: width === 0 ? 0 : values.score.length / width }, (_, row) => row).filter(
    (row) => measuredOn(values.score, row).length > 0,
  );
  if (rows.length === 0) return null;
  const { score, cost, propensity } = takeOutcomes(values, rows, width);
  const battles = askedPerQuery({ score }, width) === 2;
  const random = createRandom(seed, 'one outcome per battle');
  const chosen = new Int32Array(rows.length);
  const asked = new Uint8Array(score.length);
  const stated = new Float64Array(rows.length).fill(1);
  rows.forEach((_, i) => {
    const measured = measuredOn(score, i);
    const chance = (m: number) => propensity?.[i * width + m] ?? NaN;
    const byChance = measured.filter((m) => chance(m) !== 1);
    if (battles && byChance.length === 2) {
      const [left] = byChance.splice(random.int(2), 1);
      score[i * width + left!] = NaN;
    }
    chosen[i] = (byChance[0] ?? measured[0])!;
    const onPurpose = byChance.length > 1 ? measured : measured.filter((m) => chance(m) === 1);
    for (const m of onPurpose) asked[i * width + m] = 1;
    if (byChance.length === 1) stated[i] = chance(chosen[i]);
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
