import type { Metrics, ReportRow, RunReport } from '@routeprofile/schema';
import { rowName } from '@routeprofile/eval';
import { namedBaselines, orderedRows } from '../view.js';

/** A policy as tables and plots show it: a row of the report, or a baseline. */
export interface Entry {
  /** Position among the rows in their order (`ROW_ORDER`), from 1; null for a baseline. */
  number: number | null;
  name: string;
  /** The model a baseline stands for. */
  model: string | null;
  metrics: Metrics;
  perTask: Readonly<Record<string, Metrics>>;
  selection: Readonly<Record<string, number>>;
  intervals: ReportRow['intervals'];
  /** null for a baseline. */
  row: ReportRow | null;
  collapsed: boolean;
}

export const rowEntries = (report: RunReport): Entry[] =>
  orderedRows(report).map((row, i) => ({
    number: i + 1,
    name: rowName(report, row),
    model: null,
    metrics: row.metrics,
    perTask: row.perTask,
    selection: row.selection,
    intervals: row.intervals,
    row,
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
    row: null,
    collapsed: false,
  }));

/** `3 emb-gnn × mlp`, as the table numbers it. */
export const numbered = ({ number, name }: Entry): string => (number === null ? name : `${number}  ${name}`);
