import { plural, someOf, type Metrics, type ReportRow, type RunReport } from '@routeprofile/schema';
import { builtInMetrics, constantBaselines, newModelGain, rowName } from '@routeprofile/eval';
import { signed } from '@routeprofile/eval/format';
import { figure } from './metrics.js';
import { average, namedBaselines, orderedRows } from './view.js';

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

/** New models that are named in a sentence. */
const MOST_NAMED = 10;
export const newModelNames = ({ newModels }: { newModels: readonly string[] }): string => someOf(newModels, MOST_NAMED);

/** Which of many new models have a line, to be put behind a sentence. */
export const newModelsShown = ({ newModels }: RunReport, most: number): string =>
  newModels.length > most ? ` Of ${plural(newModels.length, 'new model')} the ${most} best are listed.` : '';

export interface NewModelLine {
  name: string;
  metrics: Metrics;
}

export const newModelRows = (report: RunReport): NewModelLine[] =>
  orderedRows(report).map((row: ReportRow) => ({ name: rowName(report, row), metrics: row.metrics }));

/**
 * Each new model chosen always, then the baselines that do not stand for one model among all.
 * @param most of many new models the best, in their order
 */
export function newModelBaselines(report: RunReport, most: number): NewModelLine[] {
  const named = new Set(report.newModels);
  const all = constantBaselines(report).filter(({ model }) => named.has(model));
  const best = new Set([...all].sort((a, b) => average(b.baseline) - average(a.baseline) || 0).slice(0, most));
  const always = all
    .filter((constant) => best.has(constant))
    .map(({ model, baseline: { metrics } }) => ({ name: `always ${model}`, metrics }));
  const others = namedBaselines(report)
    .filter(({ name }) => name !== 'best-in-hindsight' && name !== 'cheapest')
    .map(({ name, baseline: { metrics } }) => ({ name, metrics }));
  return [...always, ...others];
}
