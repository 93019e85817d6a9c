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
  const named = new Set(newModels);
  const row = choices.findIndex((choice) => named.has(table.models[choice]!));
  if (row >= 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      `${who}, without new models: the choice of row ${row} is ${table.models[choices[row]!]}, which is new`,
    );
}

/** The models that are chosen at all, ascending, and the share of the choices of each: as long as there are choices, not models. */
export interface ChosenShares {
  models: Int32Array;
  shares: Float64Array;
}

export function chosenShares(choices: Int32Array): ChosenShares {
  const counts = new Map<number, number>();
  for (const choice of choices) counts.set(choice, (counts.get(choice) ?? 0) + 1);
  const models = Int32Array.from(counts.keys()).sort();
  return { models, shares: Float64Array.from(models, (model) => counts.get(model)! / choices.length) };
}

/** Each model's share of the choices, by name; models that are never chosen are left out. */
export function selectionOf(models: readonly string[], choices: Int32Array): Record<string, number> {
  const { models: chosen, shares } = chosenShares(choices);
  return Object.fromEntries(Array.from(chosen, (m, i) => [models[m]!, shares[i]!]));
}

/** Entropy of shares in bits. */
export const entropyBits = (shares: Float64Array): number =>
  shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log2(share) : sum), 0);
