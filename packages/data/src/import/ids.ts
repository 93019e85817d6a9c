import type { QueryOutcomes } from './collect.js';

/** Ids of the rows to write, and what had to be done to make them ids. */
export interface RowIds {
  ids: string[];
  /** Ids of the table that stood for queries of different text or task. */
  shared: string[];
}

/**
 * An id per query: the first that its rows had, or a number. An id that several queries share gets the task in front, the
 * split where that is what differs, and a number where neither helps.
 */
export function rowIds(queries: readonly QueryOutcomes[]): RowIds {
  const byId = new Map<string, QueryOutcomes[]>();
  for (const query of queries)
    for (const id of query.ids) {
      const known = byId.get(id);
      if (known === undefined) byId.set(id, [query]);
      else known.push(query);
    }
  const seen = new Set<string>();
  const ids = queries.map((query, i) => {
    const [given] = query.ids;
    const id = given === undefined ? `q${i + 1}` : qualified(given, query, byId.get(given)!);
    let unique = id;
    for (let number = 2; seen.has(unique); number++) unique = `${id}#${number}`;
    seen.add(unique);
    return unique;
  });
  const differ = (sharing: readonly QueryOutcomes[]) =>
    new Set(sharing.map(({ task, query }) => JSON.stringify([task, query]))).size > 1;
  return { ids, shared: [...byId].filter(([, sharing]) => differ(sharing)).map(([id]) => id) };
}

function qualified(id: string, { task, split }: QueryOutcomes, sharing: readonly QueryOutcomes[]): string {
  if (sharing.length === 1) return id;
  const isDistinct = (field: 'task' | 'split') =>
    new Set(sharing.map((query) => query[field])).size === sharing.length &&
    sharing.every((query) => query[field] !== null);
  if (isDistinct('task')) return `${task}:${id}`;
  return isDistinct('split') ? `${split}:${id}` : id;
}
