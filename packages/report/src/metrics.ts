import { builtInMetrics, type ReportMetric } from '@routeprofile/eval';
import { dollars, fixed, percent } from '@routeprofile/eval/format';
import type { DescribedMetric, MetricFormat, Metrics, RunReport } from '@routeprofile/schema';

/** Which metrics a table shows, and how: from the list of metrics, and from what a report says of those of plugins. */

type Maybe = number | null | undefined;

/** A figure under a title that names its unit. @param among the figures of its column, default: it stands alone */
export function figure(value: Maybe, format: MetricFormat, among?: readonly Maybe[]): string {
  switch (format) {
    case 'percent':
      return percent(value);
    case 'dollars':
      return dollars(value, among);
    case 'bits':
    case 'number':
      return fixed(value);
  }
}

/** A figure that has to name its unit itself. @param among as of `figure` */
export const figureWithUnit = (value: Maybe, format: MetricFormat, among?: readonly Maybe[]): string => {
  if (value == null) return figure(value, format);
  return format === 'dollars'
    ? `$${dollars(value, among)}`
    : format === 'bits'
      ? `${fixed(value)} bits`
      : figure(value, format);
};

const policies = ({ rows, baselines }: RunReport): { metrics: Metrics }[] => [...rows, ...Object.values(baselines)];

/** All figures of a metric in a report, as they stand in one column. */
export const columnOf = (report: RunReport, name: string): Maybe[] =>
  policies(report).map(({ metrics }) => metrics[name]);

/** Whether some policy has a figure. */
export const isKnown = (report: RunReport, name: string): boolean =>
  columnOf(report, name).some((value) => value != null);

/** Whether the figures differ among each other and from the averages. */
function saysMore(report: RunReport, name: string): boolean {
  const found = policies(report).flatMap(({ metrics }) =>
    metrics[name] == null ? [] : [{ value: metrics[name], score: metrics['avg_performance'] }],
  );
  return found.some(({ value }) => value !== found[0]?.value) && found.some(({ value, score }) => value !== score);
}

/** The built-in metrics of a kind of table that say something in this report, in their order. */
export const shownMetrics = (report: RunReport, table: 'terminal' | 'page'): ReportMetric[] =>
  builtInMetrics.filter(({ name, columns, beside, unlessAverage }) => {
    if (!columns[table] || (beside !== undefined && !isKnown(report, beside))) return false;
    const always = table === 'terminal' && columns.terminal?.always === true;
    return (always || isKnown(report, name)) && (!unlessAverage || saysMore(report, name));
  });

/** Metrics of a report that are not built in: those that plugins define. Reports of earlier versions say no more than the name. */
export function ownMetrics({ rows, metrics: described = [] }: RunReport): DescribedMetric[] {
  const names = new Set(rows.flatMap(({ metrics }) => Object.keys(metrics)));
  return [...names]
    .filter((name) => !builtInMetrics.some((metric) => metric.name === name))
    .map(
      (name) =>
        described.find((metric) => metric.name === name) ?? {
          name,
          title: name,
          summary: 'A metric that is not built in',
          format: 'number',
          higherIsBetter: true,
        },
    );
}

/** The first letter large, as titles and sentences have it. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
