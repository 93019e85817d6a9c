import { constantBaselines, elsewhereOf, isConstantBaseline } from '@routeprofile/eval';
import type { Baseline, Metrics, ReportRow, RunReport } from '@routeprofile/schema';

/** Baselines that stand beside the rows in every table; the constants are told apart. */
const NAMED_BASELINES = [
  'best-single',
  'best-in-hindsight',
  'cheapest',
  'task-table',
  'knn',
  'random',
  'oracle',
] as const;
/** How tables order rows, in words. */
export const ROW_ORDER =
  'Order: the recommended row first, then by average score on these test rows; constants in disguise last.';

/** Whether the report recommends this row. */
export const isRecommended = ({ recommendation }: RunReport, { label, seed }: ReportRow): boolean =>
  recommendation?.choice.kind === 'router' &&
  recommendation.choice.label === label &&
  recommendation.choice.seed === seed;

/** Whether the report recommends the best single model, and so this baseline. */
export const isRecommendedBaseline = ({ recommendation }: RunReport, name: string): boolean =>
  recommendation?.choice.kind === 'model' && name === 'best-single';

/** The rows as every table and plot orders and numbers them (`ROW_ORDER`). */
export function orderedRows(report: RunReport): ReportRow[] {
  const rank = (row: ReportRow) => (isRecommended(report, row) ? 0 : row.collapse.flag ? 2 : 1);
  return [...report.rows].sort((a, b) => rank(a) - rank(b) || average(b) - average(a) || 0);
}

/** Whether every average lies between 0 and 1, as scores usually do. */
export const onUnitScale = ({ rows, baselines }: RunReport): boolean =>
  [...rows, ...Object.values(baselines)].every(({ metrics }) => {
    const score = metrics['avg_performance'] ?? 0;
    return score >= 0 && score <= 1;
  });

/** How many models a run had a constant of, whether or not the report holds all of them. */
export const constantsTotal = (report: RunReport): number =>
  elsewhereOf(report)?.total ?? constantBaselines(report).length;

export interface NamedBaseline {
  name: string;
  baseline: Baseline;
}

/** The named baselines that say anything, in their order, then those of other names. */
export function namedBaselines({ baselines }: RunReport): NamedBaseline[] {
  const others = Object.keys(baselines).filter((name) => !isConstantBaseline(name) && !isNamed(name));
  return [...NAMED_BASELINES, ...others].flatMap((name) => {
    const baseline = Object.hasOwn(baselines, name) ? baselines[name] : undefined;
    return baseline && baseline.metrics['avg_performance'] != null ? [{ name, baseline }] : [];
  });
}

const isNamed = (name: string) => (NAMED_BASELINES as readonly string[]).includes(name);

/** The row with the highest average performance, the first of equals. */
export function bestRow({ rows }: RunReport): ReportRow | undefined {
  return rows
    .filter(({ metrics }) => metrics['avg_performance'] != null)
    .reduce<ReportRow | undefined>((best, row) => (best && average(best) >= average(row) ? best : row), undefined);
}

export const average = ({ metrics }: Pick<Baseline, 'metrics'>): number => metrics['avg_performance'] ?? -Infinity;

/** 2^entropy: how many models the selection amounts to. */
export function effectiveModels(metrics: Metrics): number | null {
  const bits = metrics['selection_entropy'] ?? null;
  return bits === null ? null : 2 ** bits;
}

/** How what became of a promise is called. */
export const PROMISE_STATUS = { kept: 'kept', broken: 'broken', undecided: 'not decided' } as const;

/**
 * The row whose router is worth asking: the recommended one; where a model is recommended, the row that was judged, else the best
 * that is not a constant in disguise. undefined where there is none.
 */
export function tryAnyway(report: RunReport): ReportRow | undefined {
  const rows = orderedRows(report);
  const sound = rows.filter(({ collapse }) => !collapse.flag);
  const judged = report.recommendation?.judged;
  return (
    rows.find((row) => isRecommended(report, row)) ??
    sound.find(({ label, seed }) => judged?.label === label && judged.seed === seed) ??
    sound[0]
  );
}
