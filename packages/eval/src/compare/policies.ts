import { RouteProfileError, type PolicyRows, type RowsFile } from '@routeprofile/schema';

/** One side of a comparison: a run, and one of its policies if a label is given. */
export interface ComparedRun {
  /** How people call it, such as the folder. */
  name: string;
  /** Its `rows.json`, parsed by `rowsFileSchema`. */
  file: RowsFile;
  /** Of a row or a baseline; absent: every label that both runs have. */
  label?: string | undefined;
}

/** What one label did, under each of its seeds. */
export interface Policy {
  label: string;
  /** One a run of it; none for a baseline. */
  seeds: readonly number[];
  /** One a seed; one for a baseline. */
  runs: readonly PolicyRows[];
}

/** Labels of a file's rows, those under several seeds put together. */
function policiesOf({ rows }: RowsFile): Policy[] {
  const labels = [...new Set(rows.map(({ label }) => label))];
  return labels.map((label) => {
    const runs = rows.filter((row) => row.label === label);
    return { label, seeds: runs.map(({ seed }) => seed), runs };
  });
}

const named = (run: ComparedRun, label: string): Policy | undefined =>
  policiesOf(run.file).find((policy) => policy.label === label) ??
  run.file.baselines
    .filter((baseline) => baseline.label === label)
    .map((baseline) => ({ label, seeds: [], runs: [baseline] }))[0];

function required(run: ComparedRun, label: string): Policy {
  const policy = named(run, label);
  if (policy) return policy;
  throw new RouteProfileError('UNKNOWN_NAME', `${run.name} has no row "${label}"`, { hint: listed(run) });
}

function only(run: ComparedRun): Policy {
  const [policy, ...more] = policiesOf(run.file);
  if (policy && more.length === 0) return policy;
  throw new RouteProfileError('BAD_INPUT', `${run.name} does not say which of its rows to compare`, {
    hint: `Name one as RUN#LABEL. ${listed(run)}`,
  });
}

const listed = ({ file }: ComparedRun): string =>
  `It has: ${[...policiesOf(file), ...file.baselines].map(({ label }) => label).join(', ')}.`;

/**
 * What to compare with what: the two labels given; for one given, the same on the other side, else the only row there; for none,
 * every label that both runs have, else the only row of each.
 * @throws RouteProfileError UNKNOWN_NAME for a label that a run lacks, BAD_INPUT where a choice is left; both list the labels
 */
export function policyPairs(a: ComparedRun, b: ComparedRun): [Policy, Policy][] {
  if (a.label === undefined && b.label === undefined) {
    const common = policiesOf(a.file).flatMap((own): [Policy, Policy][] => {
      const other = policiesOf(b.file).find(({ label }) => label === own.label);
      return other ? [[own, other]] : [];
    });
    return common.length > 0 ? common : [[only(a), only(b)]];
  }
  const first = a.label === undefined ? undefined : required(a, a.label);
  const second = b.label === undefined ? undefined : required(b, b.label);
  const like = (run: ComparedRun, label: string) => named(run, label) ?? only(run);
  return [[first ?? like(a, second!.label), second ?? like(b, first!.label)]];
}
