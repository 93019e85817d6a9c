import type { Metrics, ReportRow, RunReport } from '@routeprofile/schema';
import { builtInMetrics, constantBaselines, newModelGain, rowName } from '@routeprofile/eval';
import { signed } from '@routeprofile/eval/format';
import { figure } from './metrics.js';
import { namedBaselines, orderedRows } from './view.js';

/** What a report says of new models: the same columns and lines on a terminal and on a page. */

export interface NewModelColumn {
  title: string;
  /** What the heading means. */
  help: string;
  cell: (metrics: Metrics) => string;
}

/** What the new models bring stands after what is reached without them. */
const AFTER = 'avg_performance_without_new';
const gain: NewModelColumn = {
  title: 'gain',
  help: 'What the new models in the pool bring',
  cell: (metrics) => signed(newModelGain(metrics)),
};

export const NEW_MODEL_COLUMNS: readonly NewModelColumn[] = builtInMetrics
  .flatMap(({ name, format, columns: { newModels } }) => (newModels ? [{ name, format, ...newModels }] : []))
  .sort((a, b) => a.place - b.place)
  .flatMap(({ name, format, title, help }) => [
    { title, help, cell: (metrics: Metrics) => figure(metrics[name], format) },
    ...(name === AFTER ? [gain] : []),
  ]);

export const NEW_MODEL_NOTE =
  'newllm: these models have no training outcomes. Always choosing a new model has full recall and the highest hit there is: what counts is the gain.';

export interface NewModelLine {
  name: string;
  metrics: Metrics;
}

export const newModelRows = (report: RunReport): NewModelLine[] =>
  orderedRows(report).map((row: ReportRow) => ({ name: rowName(report, row), metrics: row.metrics }));

/** Each new model chosen always, then the baselines that do not stand for one model among all. */
export function newModelBaselines(report: RunReport): NewModelLine[] {
  const always = constantBaselines(report)
    .filter(({ model }) => report.newModels.includes(model))
    .map(({ model, baseline: { metrics } }) => ({ name: `always ${model}`, metrics }));
  const others = namedBaselines(report)
    .filter(({ name }) => name !== 'best-in-hindsight' && name !== 'cheapest')
    .map(({ name, baseline: { metrics } }) => ({ name, metrics }));
  return [...always, ...others];
}
