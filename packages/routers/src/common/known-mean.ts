/** The mean of the numbers that are known: neither null, undefined nor NaN. Undefined where none is. */
export function knownMean(values: readonly (number | null | undefined)[]): number | undefined {
  const known = values.filter((value): value is number => value != null && !Number.isNaN(value));
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}
