import type { RunReport } from '@routeprofile/schema';
import {
  NEW_MODEL_COLUMNS,
  NEW_MODEL_NOTE,
  newModelBaselines,
  newModelNames,
  newModelRows,
  newModelsShown,
  type NewModelLine,
} from '../new-models.js';
import { cut, printable, WIDTH, wrap, type Paint } from './terminal.js';

const CELL = 10;
/** New models with a line of their own. */
const MOST_LINES = 20;

/** What becomes of the new models, for a terminal; nothing when there are none. */
export function newModelTable(report: RunReport, paint: Paint): string[] {
  const { newModels } = report;
  if (newModels.length === 0) return [];
  const left = WIDTH - CELL * NEW_MODEL_COLUMNS.length;
  const line = ({ name, metrics }: NewModelLine) =>
    [
      cut(printable(name), left - 2).padEnd(left),
      ...NEW_MODEL_COLUMNS.map(({ cell }) => cell(metrics).padStart(CELL)),
    ].join('');
  const head = ['', ...NEW_MODEL_COLUMNS.map(({ title }) => title.padStart(CELL))];
  return [
    '',
    ...wrap(printable(`New, without training outcomes: ${newModelNames(report)}`)).map((text) => paint(1, text)),
    paint(2, head.join('').padStart(WIDTH)),
    ...newModelRows(report).map(line),
    ...newModelBaselines(report, MOST_LINES).map((entry) => paint(2, line(entry))),
    ...wrap(`${NEW_MODEL_NOTE}${newModelsShown(report, MOST_LINES)}`).map((text) => paint(2, text)),
  ];
}
