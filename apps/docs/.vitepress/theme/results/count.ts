import type { Labels, Setting } from './reports';
import type { Judged, RoutersTable } from './routers-table';
import type { Verdict } from './verdict';

/** The figures of a table's columns that are asked for. */
export function cellsOf(
  table: RoutersTable,
  { setting, labels }: { setting?: Setting; labels?: Labels } = {},
): Judged[] {
  const wanted = table.columns.flatMap((column, i) =>
    (setting ?? column.setting) === column.setting && (labels ?? column.labels) === column.labels ? [i] : [],
  );
  return table.routers.flatMap(({ cells }) => wanted.flatMap((i) => cells[i] ?? []));
}

/** `3 of 24 lie above zero, 1 below it; the rest hold it` */
export function verdicts(cells: readonly Judged[]): string {
  const count = (verdict: Verdict) => cells.filter((cell) => cell.verdict === verdict).length;
  return `of ${cells.length} intervals ${count('above')} lie above zero, ${count('below')} below it, and ${count('open')} hold it`;
}
