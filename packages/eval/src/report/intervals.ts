import { RouteProfileError, type Interval, type Metric, type RoutingRun } from '@routeprofile/schema';
import { pairedDifferences, pairedIntervals } from '../interval.js';
import { avgPerformance } from '../metrics/quality.js';

/** Where a row's interval against the best constant on the very rows of the report is found. */
export const VERSUS_HINDSIGHT = 'avg_performance_vs_best_in_hindsight';

/**
 * Where a score differs by the same on every row, a bootstrap interval has no width, however few the rows. With n rows alike, the
 * share of rows that are not may still be 3 / n (the rule of three): from so many on that is little.
 */
export const LEAST_ALIKE = 100;

/** Something that rows are compared with. */
interface Reference {
  name: string;
  run: RoutingRun;
  /** The metrics compared, by the names their intervals get. */
  metrics: readonly (readonly [key: string, metric: Metric])[];
}

/**
 * Of every metric with a number per row against best-single, and of average performance against best-in-hindsight as well.
 * @param always one model on all rows; null where there is no such model
 * @param metrics those of the report
 * @returns for each run, intervals by name, where both sides have the metric; null where rows are too few, or too few and alike
 */
export function intervalsOf(
  runs: readonly RoutingRun[],
  always: { single: RoutingRun | null; hindsight: RoutingRun | null },
  metrics: readonly Metric[],
  seed: number,
): Record<string, Interval | null>[] {
  const references: Reference[] = [
    ...(always.single
      ? [{ name: 'best-single', run: always.single, metrics: metrics.map((m) => [m.name, m] as const) }]
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
      const theirs = metric.perRow?.(reference) ?? null;
      return runs.flatMap((run, i) => {
        const own = theirs && metric.perRow?.(run);
        if (!own) return [];
        assertPaired(metric, own, theirs);
        const differences = pairedDifferences(own, theirs);
        return [
          { i, key, name, differences, certain: metric !== avgPerformance || !isAlike(run, reference, differences) },
        ];
      });
    }),
  );
  // Series of one length share their draws: they are made once.
  const out = runs.map((): Record<string, Interval | null> => ({}));
  for (const length of new Set(series.map(({ differences }) => differences.length))) {
    const alike = series.filter(({ differences }) => differences.length === length);
    const found = pairedIntervals(
      alike.map(({ differences }) => differences),
      { seed },
    );
    alike.forEach(({ i, key, name, certain }, s) => {
      const interval = found[s];
      if (length > 0) out[i]![key] = interval && certain ? { against: name, ...interval } : null;
    });
  }
  return out.map((intervals) =>
    Object.fromEntries(
      references.flatMap(({ metrics }) =>
        metrics.flatMap(([key]) => (intervals[key] === undefined ? [] : [[key, intervals[key]] as const])),
      ),
    ),
  );
}

/** @throws RouteProfileError PLUGIN_FAILED naming a metric whose rows cannot be paired */
function assertPaired({ name }: Metric, own: Float64Array, theirs: Float64Array): void {
  const sound = own.every(
    (value, q) => Number.isNaN(value) === Number.isNaN(theirs[q]) && Math.abs(value) !== Infinity,
  );
  if (!sound || own.length !== theirs.length)
    throw new RouteProfileError(
      'PLUGIN_FAILED',
      `metric ${name}: perRow has to count the same rows whatever is chosen, each with a finite number`,
    );
}

/** Few rows, other choices, and yet the same difference everywhere. */
function isAlike(run: RoutingRun, reference: RoutingRun, differences: Float64Array): boolean {
  return (
    differences.length < LEAST_ALIKE &&
    differences.every((difference) => difference === differences[0]) &&
    run.choices.some((choice, q) => choice !== reference.choices[q])
  );
}
