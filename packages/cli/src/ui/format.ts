/** Numbers and times for people. */
import { dollars } from '@routeprofile/eval/format';

/** An amount as `$0.0123`. @param among the amounts of its column; default: it stands alone. @param unknown stands for none */
export function formatDollars(
  value: number | null,
  { among = [value], unknown = '–' }: { among?: readonly (number | null)[]; unknown?: string } = {},
): string {
  return value === null ? unknown : `$${dollars(value, among)}`;
}

/** A duration in one or two units. It is rounded before its units are chosen, so that none is ever full: no `2 min 60 s`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const milliseconds = Math.round(seconds * 1000);
  if (milliseconds < 1000) return `${milliseconds} ms`;
  const tenths = Math.round(seconds * 10);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 90) return `${whole} s`;
  if (whole < 90 * 60) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  const shown = () => value.toFixed(unit === 0 ? 0 : 1);
  while (Number(shown()) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${shown()} ${units[unit]}`;
}

/** A name and its value per line; values begin in the same column, numbers too. */
export function formatPairs(pairs: readonly (readonly string[])[], gap = 2): string {
  const width = Math.max(0, ...pairs.map(([name = '']) => name.length));
  return pairs.map(([name = '', value = '']) => `${name.padEnd(width)}${' '.repeat(gap)}${value}`.trimEnd()).join('\n');
}

/** Columns padded to their widest cell; numbers to the right, everything else to the left. */
export function formatColumns(rows: readonly (readonly string[])[], gap = 2): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  const numeric = (cell: string) => /^[-+]?[\d.,]+%?$/.test(cell);
  return rows
    .map((row) =>
      row
        .map((cell, i) => (numeric(cell) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join(' '.repeat(gap))
        .trimEnd(),
    )
    .join('\n');
}
