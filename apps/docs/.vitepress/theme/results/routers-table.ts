import type { Baseline, ReportRow, RunReport } from '@routeprofile/schema';
import { LABELS, readReport, SETTINGS, type Labels, type Setting, type Trust } from './reports';
import { verdictOf, type Verdict } from './verdict';

/** A figure of the test rows, and its difference to the best single model with the 95 % interval. */
export interface Judged {
  average: number;
  difference: number;
  low: number;
  high: number;
  verdict: Verdict;
  /** The model that it is a constant of, in disguise. */
  constant: string | null;
}

interface Column {
  setting: Setting;
  labels: Labels;
}

export interface RoutersTable {
  trust: Trust;
  columns: Column[];
  /** A line per router, a figure per column. */
  routers: { name: string; cells: Judged[] }[];
  /** What needs no router: constants, lookups, the oracle. */
  baselines: { name: string; averages: (number | null)[] }[];
}

export const judged = (row: ReportRow): Judged => {
  const average = row.metrics['avg_performance'];
  const interval = row.intervals['avg_performance'];
  if (average == null || !interval) throw new Error(`${row.label} has no average performance with an interval`);
  const { difference, low, high } = interval;
  return { average, difference, low, high, verdict: verdictOf(low, high), constant: constantOf(row) };
};

function constantOf({ collapse, selection }: ReportRow): string | null {
  if (!collapse.flag) return null;
  const [favourite] = Object.entries(selection).sort(([, a], [, b]) => b - a);
  return favourite?.[0] ?? null;
}

export const averageOf = (baseline: Baseline | undefined): number | null =>
  baseline?.metrics['avg_performance'] ?? null;

const columns: Column[] = SETTINGS.flatMap((setting) => LABELS.map((labels) => ({ setting, labels })));

/** The routers of the better-routing example in both settings, on both label files. */
export function routersTable(trust: Trust): RoutersTable {
  const reports = columns.map(({ setting, labels }) => readReport('better-routing', `${setting}-${labels}-${trust}`));
  const [first] = reports;
  if (!first) throw new Error('no reports');
  return {
    trust,
    columns,
    routers: first.rows.map(({ label }) => ({
      name: label.split(' × ').at(-1) ?? label,
      cells: reports.map((report) => judged(rowOf(report, label))),
    })),
    baselines: Object.keys(first.baselines).map((name) => ({
      name: baselineName(name, first),
      averages: reports.map(({ baselines }) => averageOf(baselines[name])),
    })),
  };
}

function rowOf(report: RunReport, label: string): ReportRow {
  const row = report.rows.find((other) => other.label === label);
  if (!row) throw new Error(`the reports do not have the same rows: ${label} is missing in one`);
  return row;
}

function baselineName(name: string, { baselines }: RunReport): string {
  if (name.startsWith('constant:')) return `always ${name.slice('constant:'.length)}`;
  const model = baselines[name]?.model;
  return model && name !== 'best-in-hindsight' ? `${name} (${model})` : name;
}
