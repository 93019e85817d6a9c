/** Scores that differ by less than this part of their size are drawn as one. */
const SMALLEST_SPAN = 1e-9;
/** Beyond this, differences of scores leave the numbers there are. */
const MOST = 1e300;

/** About how many ticks an axis of score differences has. */
export const TICKS = 6;
const LEAST_DIGITS = 2;
const MOST_DIGITS = 12;

/** Digits after the point that tell the ticks of a range apart. */
export function tickDigits([low, high]: readonly [number, number]): number {
  const step = (high - low) / TICKS;
  return Math.min(MOST_DIGITS, Math.max(LEAST_DIGITS, Math.ceil(-Math.log10(step))));
}

/**
 * A range that holds the values and can be divided into ticks, whatever finite values they are: never empty, never so narrow that
 * its ticks are one number.
 */
export function scoreDomain(values: readonly number[]): [number, number] {
  const clamped = values.map((value) => Math.min(MOST, Math.max(-MOST, value)));
  const low = clamped.reduce((a, b) => Math.min(a, b), Infinity);
  const high = clamped.reduce((a, b) => Math.max(a, b), -Infinity);
  if (low > high) return [0, 1];
  const least = SMALLEST_SPAN * Math.max(1, Math.abs(low), Math.abs(high));
  const middle = low / 2 + high / 2;
  return high - low > least ? [low, high] : [middle - least, middle + least];
}
