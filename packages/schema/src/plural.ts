/** A count with its noun: `1 row`, `12 rows`, `1,200 queries`. With a verb, both forms hold it: `row is`, `rows are`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
