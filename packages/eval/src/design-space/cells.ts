import type { Interval, Metrics, ReportRow, RunReport } from '@routeprofile/schema';
import { favouriteModel } from '../report/read.js';

/** One profile × router with its options, over all its seeds. */
export interface SpaceCell {
  label: string;
  profile: string;
  router: string;
  /** The graph the profile was built on. */
  graph: string;
  /** Rounds of aggregation, or attention layers; null for a profile that has none. */
  hops: number | null;
  options: ReportRow['options'];
  /** Of the rows put together, in the order of the report. */
  seeds: number[];
  /** Means over the seeds; null where some seed has none. */
  metrics: Metrics;
  /** The average performance among them; null when no test row could be used. */
  average: number | null;
  /** Lowest and highest average of a seed. */
  range: { low: number; high: number } | null;
  /**
   * Difference to best-single. With several seeds both ends are means of the seeds' ends: no narrower than the interval of
   * the averaged figure, and blind, like each of them, to the randomness of training.
   */
  interval: Interval | null;
  /** Seeds with which it is a constant in disguise. */
  collapsedSeeds: number;
  /** The models it then stands for. */
  constants: string[];
  /** Mean pairwise cosine of the profiles: 1 means that they cannot be told apart. */
  meanCosine: number | null;
}

/** What strategies call the depth of their aggregation. */
export const DEPTH_OPTIONS = ['hops', 'layers'] as const;

export function depthOf(options: Readonly<Record<string, unknown>>): number | null {
  const depth = DEPTH_OPTIONS.map((name) => options[name]).find((value) => typeof value === 'number');
  return depth ?? null;
}

/** Every seed with which the cell is a constant. */
export const isConstant = ({ collapsedSeeds, seeds }: SpaceCell): boolean => collapsedSeeds === seeds.length;

/** The rows of a report, those of different seeds put together, in the order of the report. */
export function spaceCells(report: RunReport): SpaceCell[] {
  const groups = new Map<string, ReportRow[]>();
  for (const row of report.rows) {
    const key = JSON.stringify([row.label, row.profile, row.router, row.graph ?? report.graph, row.options]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((rows) => cellOf(rows, report.graph));
}

function cellOf(rows: readonly ReportRow[], reportGraph: string): SpaceCell {
  const { label, profile, router, graph = reportGraph, options } = rows[0]!;
  const averages = numbers(rows.map((row) => row.metrics['avg_performance']));
  const metrics = Object.fromEntries(Object.keys(rows[0]!.metrics).map((name) => [name, meanMetric(rows, name)]));
  const collapsed = rows.filter(({ collapse }) => collapse.flag);
  return {
    label,
    profile,
    router,
    graph,
    hops: depthOf(options.profile),
    options,
    seeds: rows.map(({ seed }) => seed),
    metrics,
    average: metrics['avg_performance'] ?? null,
    range: averages.length === 0 ? null : { low: Math.min(...averages), high: Math.max(...averages) },
    interval: meanInterval(rows.flatMap(({ intervals }) => intervals['avg_performance'] ?? [])),
    collapsedSeeds: collapsed.length,
    constants: [...new Set(collapsed.map(favouriteModel))],
    meanCosine: mean(numbers(rows.map(({ profileDiagnostics }) => profileDiagnostics?.['meanCosine']))),
  };
}

function meanMetric(rows: readonly ReportRow[], name: string): number | null {
  const values = numbers(rows.map(({ metrics }) => metrics[name]));
  return values.length === rows.length ? mean(values) : null;
}

function meanInterval(intervals: readonly Interval[]): Interval | null {
  const first = intervals[0];
  if (!first) return null;
  const of = (pick: (interval: Interval) => number) => mean(intervals.map(pick))!;
  return {
    against: first.against,
    difference: of(({ difference }) => difference),
    low: of(({ low }) => low),
    high: of(({ high }) => high),
  };
}

const numbers = (values: readonly (number | null | undefined)[]): number[] =>
  values.filter((value) => value !== null && value !== undefined);

/** The mean of one number is that number, bit for bit. */
const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
