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

/** A figure of a routing run; made with `defineMetric`. */
export interface Metric {
  kind: 'metric';
  specVersion: 1;
  /** How reports name it, such as `avg_performance`. */
  name: string;
  /** One line for listings: the definition. */
  summary: string;
  /** Whether a larger value is the better one. */
  higherIsBetter: boolean;
  /** null when the data cannot say; never NaN. */
  evaluate(run: RoutingRun): number | null;
}
