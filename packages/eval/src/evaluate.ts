import {
  RouteProfileError,
  type Evaluation,
  type Metric,
  type Metrics,
  type OutcomeTable,
  type RoutingRun,
} from '@routeprofile/schema';
import { builtInMetrics } from './metrics/index.js';
import type { RunWithoutNew } from './metrics/new-models.js';
import { assertChoices, assertOldChoices, rowsByTask, selectionOf, takeTableRows } from './table.js';

/** Every metric by name. @throws RouteProfileError PLUGIN_FAILED naming a metric that gives NaN or an infinity. */
function measure(run: RoutingRun, metrics: readonly Metric[]): Metrics {
  return Object.fromEntries(
    metrics.map((metric) => {
      const value = metric.evaluate(run);
      if (value !== null && !Number.isFinite(value))
        throw new RouteProfileError(
          'PLUGIN_FAILED',
          `metric ${metric.name}: gave ${value}, expected a finite number or null`,
        );
      return [metric.name, value];
    }),
  );
}

/** A task's rows, and these as a table of their own. */
interface TaskTable {
  task: string;
  rows: Int32Array;
  table: OutcomeTable;
}

/** Derived once per table: all policies of a report are evaluated on the same one. */
const byTask = new WeakMap<OutcomeTable, readonly TaskTable[]>();

function taskTables(table: OutcomeTable): readonly TaskTable[] {
  const found = byTask.get(table);
  if (found) return found;
  const made = [...rowsByTask(table)].map(([task, rows]) => ({ task, rows, table: takeTableRows(table, rows) }));
  byTask.set(table, made);
  return made;
}

/** The run on some of its rows. */
const takeRun = (run: RunWithoutNew, { rows, table }: TaskTable): RunWithoutNew => ({
  ...run,
  table,
  choices: rows.map((row) => run.choices[row]!),
  ...(run.choicesWithoutNew && { choicesWithoutNew: rows.map((row) => run.choicesWithoutNew![row]!) }),
});

/**
 * Metrics overall and per task, and the share of each model that is chosen at all. A metric is null where the data cannot say, never NaN.
 * @param run choices on rows where every candidate has an outcome (see `usableRows`); with `choicesWithoutNew`, the best ranked
 * model of each row that is not new, also what the router reaches without the new models. Shape of both [rows]: indices into
 * `table.models`.
 * @param metrics default `builtInMetrics`
 * @throws RouteProfileError SHAPE_MISMATCH for choices that do not fit the table, PLUGIN_FAILED for a metric that gives NaN or an
 *   infinity
 */
export function evaluateChoices(run: RunWithoutNew, metrics: readonly Metric[] = builtInMetrics): Evaluation {
  assertChoices(run.table, run.choices, 'evaluation');
  if (run.choicesWithoutNew) assertOldChoices(run, run.choicesWithoutNew, 'evaluation');
  return {
    metrics: measure(run, metrics),
    perTask: Object.fromEntries(taskTables(run.table).map((own) => [own.task, measure(takeRun(run, own), metrics)])),
    selection: selectionOf(run.table.models, run.choices),
  };
}
