import { rowName } from '@routeprofile/eval';
import { plural, type ReportRow, type RunReport } from '@routeprofile/schema';
import { average, orderedRows } from '../../view.js';
import { html, type Markup } from '../markup.js';
import { shorten } from './figure.js';

/** A row of the report that a plot draws something of. */
export interface PlottedRow<T> {
  /** `3  emb-gnn × mlp`, as the table numbers it. */
  name: string;
  colour: string;
  row: ReportRow;
  found: T;
}

/**
 * The rows that have something to draw, at most so many: those of the highest average, in the order of the table, each with a
 * colour of its own.
 */
export function plottedRows<T>(
  report: RunReport,
  most: number,
  of: (row: ReportRow) => T | null | undefined,
): { rows: PlottedRow<T>[]; leftOut: number } {
  const all = orderedRows(report).flatMap((row, i) => {
    const found = of(row);
    return found == null ? [] : [{ name: `${i + 1}  ${rowName(report, row)}`, row, found }];
  });
  const kept = new Set([...all].sort((a, b) => average(b.row) - average(a.row)).slice(0, most));
  return {
    rows: all.filter((entry) => kept.has(entry)).map((entry, i) => ({ ...entry, colour: `var(--model-${i})` })),
    leftOut: all.length - kept.size,
  };
}

/** What a caption says of the rows that found no place. */
export const leftOutText = (leftOut: number): string =>
  leftOut === 0 ? '' : ` ${plural(leftOut, 'row')} of lower average ${leftOut === 1 ? 'is' : 'are'} not drawn.`;

export const rowLegend = (rows: readonly PlottedRow<unknown>[], more: readonly Markup[] = []): Markup =>
  html`<ul class="legend">
    ${rows.map(({ name, colour }) => html`<li><span class="swatch" style="background: ${colour}" aria-hidden="true"></span>${shorten(name, 60)}</li>`)}
    ${more.map((item) => html`<li>${item}</li>`)}
  </ul>`;
