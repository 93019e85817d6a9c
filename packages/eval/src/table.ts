import { RouteProfileError, takeOutcomes, type OutcomeTable } from '@routeprofile/schema';

/**
 * Rows on which every candidate has a score. Everything is computed on these, so that all policies face the same rows.
 * @returns row numbers, ascending
 */
export function usableRows({ models, queries, values }: OutcomeTable): Int32Array {
  const complete = (q: number) => models.every((_, m) => Number.isFinite(values.score[q * models.length + m]!));
  return Int32Array.from(queries.keys()).filter(complete);
}

/** The given rows as a table of their own, in the order given. */
export function takeTableRows({ models, queries, values }: OutcomeTable, rows: Int32Array): OutcomeTable {
  return {
    models,
    queries: Array.from(rows, (row) => queries[row]!),
    values: takeOutcomes(values, rows, models.length),
  };
}

/** Row numbers of each task, tasks in the order of their first row; rows without a task are in none. */
export function rowsByTask({ queries }: OutcomeTable): Map<string, Int32Array> {
  const rows = new Map<string, number[]>();
  queries.forEach(({ task }, q) => {
    if (task === null) return;
    const list = rows.get(task);
    if (list) list.push(q);
    else rows.set(task, [q]);
  });
  return new Map([...rows].map(([task, list]) => [task, Int32Array.from(list)]));
}

/**
 * @param who names the choices in the message
 * @throws RouteProfileError SHAPE_MISMATCH unless there is one choice per row, each the index of a model.
 */
export function assertChoices(table: OutcomeTable, choices: Int32Array, who: string): void {
  if (choices.length !== table.queries.length)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `${who}: ${choices.length} choices for ${table.queries.length} test rows`,
    );
  const row = choices.findIndex((choice) => choice < 0 || choice >= table.models.length);
  if (row >= 0)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `${who}: the choice of row ${row} is ${choices[row]}, expected 0 to ${table.models.length - 1}`,
    );
}

/** As `assertChoices`, for choices made without the new models. */
export function assertOldChoices(
  { table, newModels }: { table: OutcomeTable; newModels: readonly string[] },
  choices: Int32Array,
  who: string,
): void {
  assertChoices(table, choices, `${who}, without new models`);
  const row = choices.findIndex((choice) => newModels.includes(table.models[choice]!));
  if (row >= 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${who}, without new models: the choice of row ${row} is ${table.models[choices[row]!]}, which is new`,
    );
}

/** Each model's share of the choices; all 0 without rows. */
export function selectionShares(models: number, choices: Int32Array): Float64Array {
  const shares = new Float64Array(models);
  for (const choice of choices) shares[choice]! += 1;
  return choices.length === 0 ? shares : shares.map((count) => count / choices.length);
}

/** The same by name; models that are never chosen are left out. */
export function selectionOf(models: readonly string[], choices: Int32Array): Record<string, number> {
  const shares = selectionShares(models.length, choices);
  return Object.fromEntries(models.flatMap((model, m) => (shares[m]! > 0 ? [[model, shares[m]!]] : [])));
}

/** Entropy of shares in bits. */
export const entropyBits = (shares: Float64Array): number =>
  shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log2(share) : sum), 0);
