import { defineMetric, type DescribedMetric, type Metric, type MetricFormat } from '@routeprofile/schema';
import { chosenRows, type ChosenRows } from './chosen-rows.js';

/** Where tables show a metric. One that has none is in `report.json` and in the list of definitions alone. */
export interface MetricColumns {
  /** A column on the terminal: its title, and its width, by default the title's and a gap. */
  terminal?: { title: string; width?: number; always?: true };
  /** A column of the page, under the metric's title. */
  page?: true;
  /** A column of the table of new models: its place there, its title, and what it means. */
  newModels?: { place: number; title: string; help: string };
}

/** A metric, and how reports show it: the columns of tables, comparisons and intervals follow from these. */
export interface ReportMetric extends Metric {
  title: string;
  format: MetricFormat;
  /** What the heading means to who sees it first; a clause without a full stop. */
  help: string;
  columns: MetricColumns;
  /** The words tell the scale, where all averages lie between 0 and 1. */
  saysScale?: true;
  /** Shown only where this metric has a figure too. */
  beside?: string;
  /** Left out where it is the same for all, or is the average again. */
  unlessAverage?: true;
  /**
   * What choosing uniformly at random is expected to give: the mean over the constants, that over the constants which have a
   * value, or a number that follows from how many there are. Absent: nobody knows.
   */
  atRandom?: 'mean' | 'mean of some' | ((models: number) => number);
  /** `perRow` of a policy of which no more is known than what it chose: such a metric compares two runs. */
  perChosenRow?: (rows: ChosenRows) => Float64Array | null;
}

type Shown = Pick<
  ReportMetric,
  'title' | 'format' | 'help' | 'columns' | 'saysScale' | 'beside' | 'unlessAverage' | 'atRandom'
>;
type Definition = Pick<Metric, 'name' | 'summary' | 'higherIsBetter'> &
  Partial<Shown> &
  (Pick<Metric, 'evaluate'> | Required<Pick<ReportMetric, 'perRow'>> | Required<Pick<ReportMetric, 'perChosenRow'>>);

/**
 * A metric with what is not said filled in: the name as its title, the summary as its help, no column. One with `perChosenRow` or `perRow` is its mean over the rows that count.
 */
export function reportMetric(definition: Definition): ReportMetric {
  const { name, summary, higherIsBetter, saysScale, beside, unlessAverage } = definition;
  // A mean over rows is linear in each row's choice.
  const atRandom = definition.atRandom ?? ('evaluate' in definition ? undefined : 'mean');
  const shown: Shown = {
    title: definition.title ?? name,
    format: definition.format ?? 'number',
    help: definition.help ?? summary,
    columns: definition.columns ?? {},
    ...(atRandom !== undefined && { atRandom }),
    ...(saysScale && { saysScale }),
    ...(beside !== undefined && { beside }),
    ...(unlessAverage && { unlessAverage }),
  };
  const base = { name, summary, higherIsBetter };
  if ('evaluate' in definition)
    return { ...defineMetric({ ...base, evaluate: (run) => definition.evaluate(run) }), ...shown };
  if ('perRow' in definition)
    return { ...defineMetric({ ...base, perRow: (run) => definition.perRow(run) }), ...shown };
  const { perChosenRow } = definition;
  return { ...defineMetric({ ...base, perRow: (run) => perChosenRow(chosenRows(run)) }), ...shown, perChosenRow };
}

/** How a metric is called and written, whoever made it. */
export const describedMetric = ({ name, title, summary, format, higherIsBetter }: Metric): DescribedMetric => ({
  name,
  title: title ?? name,
  summary,
  format: format ?? 'number',
  higherIsBetter,
});
