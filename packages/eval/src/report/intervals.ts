import type { Interval, RoutingRun } from '@routeprofile/schema';
import { pairedDifferences, pairedIntervals } from '../interval.js';
import { rowMetrics } from '../metrics/index.js';
import { avgPerformance } from '../metrics/quality.js';
import type { RowMetric } from '../metrics/row-metric.js';

/** Where a row's interval against the best constant on the very rows of the report is found. */
export const VERSUS_HINDSIGHT = 'avg_performance_vs_best_in_hindsight';

/** Something that rows are compared with. */
interface Reference {
  name: string;
  run: RoutingRun;
  /** The metrics compared, by the names their intervals get. */
  metrics: readonly (readonly [key: string, metric: RowMetric])[];
}

/**
 * Of every row metric against best-single, and of average performance against best-in-hindsight as well.
 * @param always one model on all rows; null where there is no such model
 * @returns for each run, intervals by name, where both sides have the metric
 */
export function intervalsOf(
  runs: readonly RoutingRun[],
  always: { single: RoutingRun | null; hindsight: RoutingRun | null },
  seed: number,
): Record<string, Interval>[] {
  const references: Reference[] = [
    ...(always.single
      ? [{ name: 'best-single', run: always.single, metrics: rowMetrics.map((m) => [m.name, m] as const) }]
      : []),
    ...(always.hindsight
      ? [
          {
            name: 'best-in-hindsight',
            run: always.hindsight,
            metrics: [[VERSUS_HINDSIGHT, avgPerformance] as const],
          },
        ]
      : []),
  ];
  const series = references.flatMap(({ name, run: reference, metrics }) =>
    metrics.flatMap(([key, metric]) => {
      const theirs = metric.perRow(reference);
      return runs.flatMap((run, i) => {
        const own = theirs && metric.perRow(run);
        return own ? [{ i, key, name, differences: pairedDifferences(own, theirs) }] : [];
      });
    }),
  );
  // Series of one length share their draws: they are made once.
  const out = runs.map((): Record<string, Interval> => ({}));
  for (const length of new Set(series.map(({ differences }) => differences.length))) {
    const alike = series.filter(({ differences }) => differences.length === length);
    const found = pairedIntervals(
      alike.map(({ differences }) => differences),
      { seed },
    );
    alike.forEach(({ i, key, name }, s) => {
      const interval = found[s];
      if (interval) out[i]![key] = { against: name, ...interval };
    });
  }
  return out.map((intervals) =>
    Object.fromEntries(
      references.flatMap(({ metrics }) =>
        metrics.flatMap(([key]) => (intervals[key] ? [[key, intervals[key]] as const] : [])),
      ),
    ),
  );
}
