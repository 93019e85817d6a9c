import { OutcomeRows } from './rows.js';
import { plural } from './text.js';

export interface JoinedCalls {
  rows: OutcomeRows;
  warnings: string[];
}

/**
 * Rows of one call each, put together into rows of one query each: a row that has an outcome of one model only, and whose
 * text, task and split occur again with another model, is one call of a query that several models were asked.
 * A joined row has the id of its first call; a model that was asked twice has the mean of its outcomes.
 * @param file how messages name the file
 */
export function joinCalls(rows: OutcomeRows, file: string): JoinedCalls {
  const calls = new Map<string, { rows: number[]; models: Set<number> }>();
  rows.queries.forEach(({ raw, task, split }, row) => {
    const model = soleModel(rows, row);
    if (model === null) return;
    const key = JSON.stringify([split, task, raw]);
    const query = calls.get(key) ?? { rows: [], models: new Set() };
    calls.set(key, query);
    query.rows.push(row);
    query.models.add(model);
  });
  const joined = [...calls.values()].filter(({ models }) => models.size > 1).map(({ rows: members }) => members);
  if (joined.length === 0) return { rows, warnings: [] };
  const count = joined.reduce((sum, members) => sum + members.length, 0);
  const groupOf = new Map(joined.flatMap((members) => members.map((row) => [row, members] as const)));
  return {
    rows: rows.regrouped(
      rows.queries.flatMap((_, row) => {
        const members = groupOf.get(row);
        return members === undefined ? [[row]] : members[0] === row ? [members] : [];
      }),
    ),
    warnings: [
      `${file}: ${plural(count, 'row')} hold one model each and repeat the text and task of another: they are put together into ${plural(joined.length, 'query', 'queries')} (same text, task and split = one query). To decide it yourself, give one line per query with all its models.`,
    ],
  };
}

/** The one model with a score in a row; null when there are several, or none. */
export function soleModel(rows: OutcomeRows, row: number): number | null {
  let sole: number | null = null;
  let count = 0;
  rows.forEachMeasured(row, 'score', (model) => {
    sole = model;
    count++;
  });
  return count === 1 ? sole : null;
}
