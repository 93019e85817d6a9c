import { grouped, RouteProfileError, type RoutingRow } from '@routeprofile/schema';

/** A label that is not that of the reference. */
export interface Disagreement {
  /** Position of the row, from 0. */
  row: number;
  task: string;
  id: string | null;
  model: string;
  /** In [0, 1]; null = not measured. */
  label: number | null;
  reference: number | null;
}

/** How many labels are equal, by task, and those that are not, in the order of the rows. */
export interface LabelAgreement {
  perTask: { task: string; labels: number; equal: number }[];
  disagreements: Disagreement[];
}

/**
 * How far the labels of rows agree (to 1e-9) with those of the same rows elsewhere, such as a reference grading.
 * @throws RouteProfileError SHAPE_MISMATCH when the rows or their models are not the same.
 */
export function labelAgreement(rows: readonly RoutingRow[], reference: readonly RoutingRow[]): LabelAgreement {
  const differ = (what: string) => new RouteProfileError('SHAPE_MISMATCH', `${what}: these are not the same rows`);
  if (rows.length !== reference.length) throw differ(`${rows.length} and ${reference.length} rows`);
  const labels: (Disagreement & { equal: boolean })[] = rows.flatMap((row, at) => {
    const other = reference[at]!;
    if (row.query !== other.query || row.task_name !== other.task_name) throw differ(`row ${at + 1}`);
    return Object.entries(row.model_performance).map(([model, entry]) => {
      const theirs = other.model_performance[model];
      if (theirs === undefined) throw differ(`row ${at + 1} has no ${model}`);
      const [label, expected] = [entry.task_performance ?? null, theirs.task_performance ?? null];
      const equal = label === null || expected === null ? label === expected : Math.abs(label - expected) <= 1e-9;
      const id = row.task_id === null || row.task_id === undefined ? null : String(row.task_id);
      return { row: at, task: row.task_name, id, model, label, reference: expected, equal };
    });
  });
  return {
    perTask: [...grouped(labels, ({ task }) => task)].map(([task, group]) => ({
      task,
      labels: group.length,
      equal: group.filter(({ equal }) => equal).length,
    })),
    disagreements: labels.filter(({ equal }) => !equal).map(({ equal: _equal, ...rest }) => rest),
  };
}
