import type { PolicyRows, RowsFile } from '@routeprofile/schema';
import type { Policy } from './policies.js';

/** A number a row that two runs can be compared by. NaN: the row does not count. */
export interface ComparedValue {
  name: string;
  /** null: not known of this policy. */
  perRow: (run: PolicyRows, file: RowsFile) => number[] | null;
}

/** Those of the report that need no other model's outcome, and regret. */
export const COMPARED_VALUES: readonly ComparedValue[] = [
  { name: 'avg_performance', perRow: ({ scores }) => scores },
  {
    name: 'regret',
    perRow: ({ scores }, { oracle }) => scores.map((score, q) => oracle[q]! - score),
  },
  {
    name: 'cost_per_1k',
    perRow: ({ costs }) => costs && costs.map((cost) => 1000 * cost),
  },
  {
    name: 'avg_hit',
    perRow: ({ scores }, { oracle }) => scores.map((score, q) => Number(score > 0 || oracle[q]! <= 0)),
  },
  {
    name: 'answerable_hit',
    perRow: ({ scores }, { oracle }) => scores.map((score, q) => (oracle[q]! > 0 ? Number(score > 0) : NaN)),
  },
  {
    name: 'discriminative_performance',
    perRow: ({ scores }, { discriminative }) => scores.map((score, q) => (discriminative[q] ? score : NaN)),
  },
  {
    name: 'new_model_share',
    perRow: ({ choices }, { models, newModels }) =>
      newModels.length === 0 ? null : choices.map((choice) => Number(newModels.includes(models[choice]!))),
  },
];

/** The value's mean over the policy's seeds, on the given rows. */
export function valuesOf(value: ComparedValue, policy: Policy, file: RowsFile, rows: Int32Array): Float64Array | null {
  const found = policy.runs.map((run) => value.perRow(run, file));
  if (found.some((values) => values === null)) return null;
  return Float64Array.from(rows, (row) => found.reduce((sum, values) => sum + values![row]!, 0) / found.length);
}
