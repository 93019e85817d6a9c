import { builtInMetrics, type ReportMetric } from '@routeprofile/eval';
import { dollars, fixed, percent } from '@routeprofile/eval/format';
import type { DescribedMetric, MetricFormat, Metrics, RunReport } from '@routeprofile/schema';

/** Which metrics a table shows, and how: from the list of metrics, and from what a report says of those of plugins. */

type Maybe = number | null | undefined;

/** A figure under a title that names its unit. */
export function figure(value: Maybe, format: MetricFormat): string {
  switch (format) {
    case 'percent':
      return percent(value);
    case 'dollars':
      return dollars(value);
    case 'bits':
    case 'number':
      return fixed(value);
  }
}

/** A figure that has to name its unit itself. */
export const figureWithUnit = (value: Maybe, format: MetricFormat): string => {
  if (value == null) return figure(value, format);
  return format === 'dollars'
    ? `$${dollars(value)}`
    : format === 'bits'
      ? `${fixed(value)} bits`
      : figure(value, format);
};

const policies = ({ rows, baselines }: RunReport): { metrics: Metrics }[] => [...rows, ...Object.values(baselines)];

/** Whether some policy has a figure. */
export const isKnown = (report: RunReport, name: string): boolean =>
  policies(report).some(({ metrics }) => metrics[name] != null);

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
