/** A count with its noun: `1 row`, `12 rows`, `1,200 queries`. With a verb, both forms hold it: `row is`, `rows are`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;

/**
 * Text as one may print it on a line: control, direction and line-separating characters, which would act on the terminal, are
 * shown as �. Names, queries and messages of others may hold anything.
 */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');

/** The first few names, and how many more. */
export const someOf = (names: readonly string[], most = 5): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
