import type { Baseline, Metrics, ReportRow, RunReport } from '@routeprofile/schema';

/** What readers of a report ask of it: no more than its numbers say. */

const CONSTANT = 'constant:';

/** A row's label; with the seed when the same label occurs under several. */
export function rowName({ rows }: { rows: readonly ReportRow[] }, row: Pick<ReportRow, 'label' | 'seed'>): string {
  const seeds = new Set(rows.filter(({ label }) => label === row.label).map(({ seed }) => seed));
  return seeds.size > 1 ? `${row.label} (seed ${row.seed})` : row.label;
}

/** The model a row chooses most, the first of equals; '' for a row that chose nothing. */
export function favouriteModel({ selection }: Pick<ReportRow, 'selection'>): string {
  return Object.entries(selection).reduce((top, entry) => (entry[1] > top[1] ? entry : top), ['', -1] as [
    string,
    number,
  ])[0];
}

/** Whether a baseline stands for always choosing one model. */
export const isConstantBaseline = (name: string): boolean => name.startsWith(CONSTANT);

/** The name of the baseline that always chooses a model. */
export const constantName = (model: string): string => CONSTANT + model;

/** The baselines `constant:MODEL` by model, in the order of the candidates. */
export function constantBaselines({
  baselines,
}: Pick<RunReport, 'baselines'>): { model: string; baseline: Baseline }[] {
  return Object.entries(baselines)
    .filter(([name]) => isConstantBaseline(name))
    .map(([name, baseline]) => ({ model: name.slice(CONSTANT.length), baseline }));
}

/** The average with the new models in the pool less that without them; null where there are none, or one is not known. */
export function newModelGain(metrics: Metrics): number | null {
  const [having, without] = [metrics['avg_performance'], metrics['avg_performance_without_new']];
  return having == null || without == null ? null : having - without;
}
