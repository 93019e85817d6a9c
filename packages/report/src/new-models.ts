import type { Metrics, ReportRow, RunReport } from '@routeprofile/schema';
import { constantBaselines, rowName } from '@routeprofile/eval';
import { fixed, percent, signed } from '@routeprofile/eval/format';
import { namedBaselines, orderedRows } from './view.js';

/** What a report says of new models: the same columns and lines on a terminal and on a page. */

export interface NewModelColumn {
  title: string;
  /** What the heading means. */
  help: string;
  cell: (metrics: Metrics) => string;
}

const column = (
  title: string,
  name: string,
  help: string,
  format: (value: number | null | undefined) => string = fixed,
): NewModelColumn => ({ title, help, cell: (metrics) => format(metrics[name]) });

export const NEW_MODEL_COLUMNS: readonly NewModelColumn[] = [
  column('average', 'avg_performance', 'Mean score of the chosen models, new ones in the pool'),
  column('without', 'avg_performance_without_new', 'Mean score when the best ranked model that is not new is chosen'),
  { title: 'gain', help: 'What the new models in the pool bring', cell: (metrics) => signed(gainOf(metrics)) },
  column('new share', 'new_model_share', 'Share of the queries that go to new models', percent),
  column(
    'recall',
    'new_model_recall',
    'Of the rows that tell models apart and where a new model is among the best: share that goes to a new model',
    percent,
  ),
  column(
    'new hit',
    'new_model_hit',
    'Share of all rows where a new model is chosen and has the highest score, above 0',
  ),
  column('on those', 'new_model_performance', 'Mean score on the rows that go to new models'),
];

export const NEW_MODEL_NOTE =
  'newllm: these models have no training outcomes. Always choosing a new model has full recall and the highest hit there is: what counts is the gain.';

/** The average with the new models in the pool less that without them. */
export function gainOf(metrics: Metrics): number | null {
  const [having, without] = [metrics['avg_performance'], metrics['avg_performance_without_new']];
  return having == null || without == null ? null : having - without;
}

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
