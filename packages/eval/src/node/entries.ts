import type { Interval, Metrics, RunReport } from '@routeprofile/schema';
import { namedBaselines, rowName } from '../report/view.js';

/** A policy as tables and plots show it: a row of the report, or a baseline. */
export interface Entry {
  /** Position among the rows, from 1; null for a baseline. */
  number: number | null;
  name: string;
  /** The model a baseline stands for. */
  model: string | null;
  metrics: Metrics;
  perTask: Readonly<Record<string, Metrics>>;
  selection: Readonly<Record<string, number>>;
  intervals: Readonly<Record<string, Interval>>;
  collapsed: boolean;
}

export const rowEntries = (report: RunReport): Entry[] =>
  report.rows.map((row, i) => ({
    number: i + 1,
    name: rowName(report, row),
    model: null,
    metrics: row.metrics,
    perTask: row.perTask,
    selection: row.selection,
    intervals: row.intervals,
    collapsed: row.collapse.flag,
  }));

export const baselineEntries = (report: RunReport): Entry[] =>
  namedBaselines(report).map(({ name, baseline }) => ({
    number: null,
    name,
    model: baseline.model ?? null,
    metrics: baseline.metrics,
    perTask: baseline.perTask ?? {},
    selection: baseline.selection ?? {},
    intervals: {},
    collapsed: false,
  }));

/** `3 emb-gnn × mlp`, as the table numbers it. */
export const numbered = ({ number, name }: Entry): string => (number === null ? name : `${number}  ${name}`);
