import type { RunReport } from '@routeprofile/schema';
import { evidenceTables, type EvidenceTable } from '../evidence.js';
import { cut, printable, WIDTH, wrap, type Paint } from './terminal.js';

/** Every row has some: it follows from the average and the oracle, which the main table shows. */
const PAGE_ONLY = ['regret'];
const LEAST_NAME = 20;

/** What rows show beyond their metrics, for a terminal; nothing when they show nothing. */
export const evidenceText = (report: RunReport, paint: Paint): string[] =>
  evidenceTables(report)
    .filter(({ id }) => !PAGE_ONLY.includes(id))
    .flatMap((table) => tableText(table, paint));

function tableText({ title, note, columns, lines }: EvidenceTable, paint: Paint): string[] {
  const all = columns.map((column, c) => {
    const texts = lines.map(({ cells }) => printable(cells[c]!));
    return { ...column, texts, width: 2 + Math.max(column.title.length, ...texts.map(({ length }) => length)) };
  });
  const shown = all.filter(({ wide }) => !wide);
  while (shown.reduce((sum, { width }) => sum + width, 0) > WIDTH - LEAST_NAME) shown.pop();
  const left = WIDTH - shown.reduce((sum, { width }) => sum + width, 0);
  const head = shown.map(({ title: text, width }) => printable(text).padStart(width)).join('');
  return [
    '',
    paint(1, title),
    paint(2, ' '.repeat(left) + head),
    ...lines.map(
      ({ name }, i) =>
        cut(printable(name), left - 1).padEnd(left) +
        shown.map(({ texts, width }) => texts[i]!.padStart(width)).join(''),
    ),
    ...wrap(printable(note)).map((text) => paint(2, text)),
  ];
}
