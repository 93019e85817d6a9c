import type { PolicyRows, RowsFile } from '@routeprofile/schema';
import type { ChosenRows } from '../metrics/chosen-rows.js';
import { costPer1k } from '../metrics/cost.js';
import { builtInMetrics } from '../metrics/index.js';
import { avgPerformance } from '../metrics/quality.js';
import { regret } from '../metrics/regret.js';
import type { ReportMetric } from '../metrics/report-metric.js';
import type { Policy } from './policies.js';

/** A metric that two runs can be compared by: one that needs no more of a row than what was chosen. */
export type ComparedValue = ReportMetric & Required<Pick<ReportMetric, 'perChosenRow'>>;

const isCompared = (metric: ReportMetric): metric is ComparedValue => metric.perChosenRow !== undefined;

/** What is given up for what, then the other metrics in the order of their list. */
const FIRST: readonly ReportMetric[] = [avgPerformance, regret, costPer1k];

/** Every metric that two runs can be compared by, in the order of a comparison; the first is the quality. */
export const comparedMetrics: readonly ComparedValue[] = [
  ...FIRST,
  ...builtInMetrics.filter((metric) => !FIRST.includes(metric)),
].filter(isCompared);

/** What the file says of a policy's rows. */
const chosenBy = ({ choices, scores, costs }: PolicyRows, file: RowsFile): ChosenRows => ({
  models: file.models,
  newModels: file.newModels,
  choices,
  scores,
  best: file.oracle,
  discriminative: file.discriminative,
  costs: () => costs,
});

/** The value's mean over the policy's seeds, on the given rows. */
export function valuesOf(value: ComparedValue, policy: Policy, file: RowsFile, rows: Int32Array): Float64Array | null {
  const found = policy.runs.map((run) => value.perChosenRow(chosenBy(run, file)));
  if (found.some((values) => values === null)) return null;
  return Float64Array.from(rows, (row) => found.reduce((sum, values) => sum + values![row]!, 0) / found.length);
}
