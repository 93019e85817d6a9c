import type { Candidate, OutcomeTable } from './dataset.js';

/** A router's choices on rows where every candidate has an outcome. */
export interface RoutingRun {
  /** With prices, in the order of `table.models`. */
  candidates: readonly Candidate[];
  /** Candidates without training outcomes. */
  newModels: readonly string[];
  /** Test rows and every candidate's outcome on them. */
  table: OutcomeTable;
  /** Index into `table.models`, one a query. */
  choices: Int32Array;
}

/** How the figures of a metric are written: on their own scale, as a share of 1, in dollars, in bits. */
export const METRIC_FORMATS = ['number', 'percent', 'dollars', 'bits'] as const;
/** One of `METRIC_FORMATS`. */
export type MetricFormat = (typeof METRIC_FORMATS)[number];

/** A figure of a routing run; made with `defineMetric`. */
export interface Metric {
  kind: 'metric';
  specVersion: 1;
  /** How reports name it, such as `avg_performance`. */
  name: string;
  /** One line for listings: the definition. */
  summary: string;
  /** What people read above its figures, such as `Gap recovered`. Default: the name. */
  title?: string;
  /** How its figures are written. Default `number`. */
  format?: MetricFormat;
  /** Whether a larger value is the better one. */
  higherIsBetter: boolean;
  /** null when the data cannot say; never NaN. */
  evaluate(run: RoutingRun): number | null;
  /**
   * Of a metric that is a mean over rows: one number per row, NaN where the row does not count, which no choice may change; null
   * when the data cannot say. With it a report gives the metric paired intervals.
   */
  perRow?(run: RoutingRun): Float64Array | null;
}

/** What an author writes of a metric; one with `perRow` is its mean unless `evaluate` says otherwise. */
export type MetricDefinition =
  | Omit<Metric, 'kind' | 'specVersion'>
  | (Omit<Metric, 'kind' | 'specVersion' | 'evaluate' | 'perRow'> & Required<Pick<Metric, 'perRow'>>);

/** Mean of the numbers that are not NaN; null when there are none. */
export function meanOfCounted(values: Float64Array | null): number | null {
  if (!values) return null;
  let sum = 0;
  let count = 0;
  for (const value of values)
    if (!Number.isNaN(value)) {
      sum += value;
      count++;
    }
  return count > 0 ? sum / count : null;
}
