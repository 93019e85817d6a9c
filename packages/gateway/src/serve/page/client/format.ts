/** Dollars with two digits that say something: $1.23, $0.012, $0.00032. */
export function dollars(amount: number): string {
  const size = Math.abs(amount);
  if (size === 0) return '$0';
  // Below a billionth there is no price.
  const digits = size >= 1 ? 2 : Math.min(10, 1 - Math.floor(Math.log10(size)));
  return `${amount < 0 ? '−' : ''}$${size.toFixed(digits)}`;
}

/** Milliseconds as people read them: 85 ms, 1.3 s, 42 s, 3 min, 5 h, 12 days. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 119.5) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  if (minutes < 119.5) return `${Math.round(minutes)} min`;
  return minutes < 2_850 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} days`;
}

/** How long ago a moment was. */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1_000));
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}

/** A share of 1 in whole percent, never broken before its sign. */
export const percent = (share: number): string => `${Math.round(100 * share)}\u00a0%`.replace('-', '−');

/** The ends of an interval, in words. @param format of an end */
export const between = (
  { low, high }: { low: number | null; high: number | null },
  format: (end: number) => string,
): string => (low === null || high === null ? 'from 10 decisions on' : `${format(low)} to ${format(high)}`);

/** A score, whose scale is the router's. */
export const score = (value: number): string => value.toFixed(3).replace('-', '−');

/** `1 attempt`, `3 attempts`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
