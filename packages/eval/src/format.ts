/** Numbers for people. The report itself is never rounded. */

/** What stands for a number that the data cannot give. */
const NONE = '–';
/** From here on numbers are written with a power of ten. */
const FIXED_BELOW = 1e7;
/** A number, or none where the data cannot give it. */
export type Maybe = number | null | undefined;

/** Rounded, and no "−0.000". */
function rounded(value: number, digits: number): string {
  const size = Math.abs(value);
  const text = size < FIXED_BELOW ? size.toFixed(digits) : size.toExponential(2);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

export const fixed = (value: Maybe, digits = 3): string => (value == null ? NONE : rounded(value, digits));

export function signed(value: Maybe, digits = 3): string {
  if (value == null) return NONE;
  const text = rounded(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

export const percent = (share: Maybe, digits = 0): string =>
  share == null ? NONE : `${rounded(100 * share, digits)} %`;

/** The power of ten of an amount; 0 has none. */
const magnitudeOf = (value: number): number => Math.floor(Math.log10(Math.abs(value)));

/**
 * Three significant digits from a thousandth to a thousand, two below. Where an amount is beyond what can be read without a power of ten, all
 * amounts that it stands among have one.
 * @param among the amounts of the column, this one included; default: it stands alone
 */
export function dollars(value: Maybe, among: readonly Maybe[] = [value]): string {
  if (value == null) return NONE;
  if (value === 0) return '0';
  const magnitudes = among.flatMap((amount) => (amount ? [magnitudeOf(amount)] : []));
  if (magnitudes.some((magnitude) => magnitude < -5 || magnitude > 5)) return value.toExponential(1);
  const magnitude = magnitudeOf(value);
  return value.toFixed(magnitude < -3 ? 1 - magnitude : Math.min(4, Math.max(0, 2 - magnitude)));
}

/** A difference with the ends of its interval; null where there are too few rows for one. */
export interface Ends {
  difference: number;
  low: number | null;
  high: number | null;
}

/** `+0.012 [−0.003, +0.027]`; without ends where there are too few rows for an interval. */
export function interval(found: Ends | null | undefined, digits = 3): string {
  if (!found) return NONE;
  const { difference, low, high } = found;
  const ends = low === null || high === null ? 'too few rows' : `${signed(low, digits)}, ${signed(high, digits)}`;
  return `${signed(difference, digits)} [${ends}]`;
}
