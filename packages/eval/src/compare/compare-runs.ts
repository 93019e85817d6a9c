import { RouteProfileError } from '@routeprofile/schema';
import { type BootstrapOptions, meanOf, binomialTail } from '@routeprofile/numerics';
import { pairedInterval } from '../interval.js';
import { alignRows, type SharedRows } from './align.js';
import { choiceChanges, type ChoiceChanges } from './choices.js';
import { policyPairs, type ComparedRun, type Policy } from './policies.js';
import { comparedMetrics, valuesOf } from './values.js';

/** Both sides' means, and the bootstrap 95 % interval of a − b over the rows they share. */
export interface ComparedMetric {
  /** Mean of a, in the metric's own unit. */
  a: number;
  /** Mean of b. */
  b: number;
  /** a − b. */
  difference: number;
  /** Lower end of its interval; null with fewer than 10 rows. */
  low: number | null;
  /** Upper end, likewise. */
  high: number | null;
}

/** On how many rows a scores higher, as high, lower. */
export interface Tally {
  wins: number;
  ties: number;
  losses: number;
}

/** One policy of each run, side by side: everything as a − b on the rows both have. */
export interface PolicyComparison {
  a: { label: string; seeds: readonly number[] };
  b: { label: string; seeds: readonly number[] };
  /** By metric, where both sides have it. Scores of several seeds are averaged row by row. */
  metrics: Record<string, ComparedMetric>;
  rows: Tally & {
    /** Exact two-sided sign test of wins and losses (McNemar's, for scores of 0 and 1). */
    p: number;
  };
  /** Mean scores by task, in the order of the first row of each. */
  tasks: (ComparedMetric & Tally & { task: string; rows: number })[];
  choices: ChoiceChanges;
}

/** Two runs compared, as plain JSON; `renderComparison` prints it. */
export interface RunComparison {
  version: 1;
  a: { name: string; dataset: string; test: string; rows: number };
  b: { name: string; dataset: string; test: string; rows: number };
  /** Rows with the same id and text. */
  sharedRows: number;
  /** What to know before believing it, a sentence each. */
  warnings: string[];
  /** One a pair of labels. */
  comparisons: PolicyComparison[];
}

/** Averages over seeds of equal scores may differ in the last bit. */
const SAME_SCORE = 1e-12;

/**
 * Two runs on the rows they share: everything as a − b, paired row by row, with bootstrap intervals and an exact sign test.
 * @throws RouteProfileError BAD_INPUT when they share no row, or it is not clear which of their rows are meant; UNKNOWN_NAME for a
 *   label that a run lacks
 */
export function compareRuns(a: ComparedRun, b: ComparedRun, bootstrap: BootstrapOptions): RunComparison {
  const shared = alignRows(a, b);
  if (shared.count === 0)
    throw new RouteProfileError('BAD_INPUT', `${a.name} and ${b.name} share no test row`, {
      hint: 'Only runs on the same test rows can be compared.',
    });
  const side = ({ name, file }: ComparedRun) => ({
    name,
    dataset: file.dataset.name,
    test: file.dataset.test,
    rows: file.ids.length,
  });
  return {
    version: 1,
    a: side(a),
    b: side(b),
    sharedRows: shared.count,
    warnings: shared.warnings,
    comparisons: policyPairs(a, b).map(([first, second]) =>
      comparePolicies({ ...a, policy: first }, { ...b, policy: second }, shared, bootstrap),
    ),
  };
}

type Side = ComparedRun & { policy: Policy };

function comparePolicies(a: Side, b: Side, shared: SharedRows, bootstrap: BootstrapOptions): PolicyComparison {
  const metrics: Record<string, ComparedMetric> = {};
  for (const value of comparedMetrics) {
    const own = valuesOf(value, a.policy, a.file, shared.a);
    const other = valuesOf(value, b.policy, b.file, shared.b);
    const found = own && other && comparedMetric(own, other, bootstrap);
    if (found) metrics[value.name] = found;
  }
  const [quality] = comparedMetrics;
  const own = valuesOf(quality!, a.policy, a.file, shared.a)!;
  const other = valuesOf(quality!, b.policy, b.file, shared.b)!;
  const tally = tallyOf(own, other);
  return {
    a: { label: a.policy.label, seeds: a.policy.seeds },
    b: { label: b.policy.label, seeds: b.policy.seeds },
    metrics,
    rows: { ...tally, p: signTest(tally.wins, tally.losses) },
    tasks: shared.tasks.map(({ task, rows }) => {
      const [mine, theirs] = [rows.map((row) => own[row]!), rows.map((row) => other[row]!)];
      return { task, rows: rows.length, ...comparedMetric(mine, theirs, bootstrap)!, ...tallyOf(mine, theirs) };
    }),
    choices: choiceChanges(a, b, shared),
  };
}

/** On the rows that count on both sides; null when none does. */
function comparedMetric(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  bootstrap: BootstrapOptions,
): ComparedMetric | null {
  const counts = Int32Array.from({ length: a.length }, (_, row) => row).filter(
    (row) => !Number.isNaN(a[row]!) && !Number.isNaN(b[row]!),
  );
  const [own, other] = [Float64Array.from(counts, (row) => a[row]!), Float64Array.from(counts, (row) => b[row]!)];
  if (counts.length === 0) return null;
  const [mean, theirs] = [meanOf(own), meanOf(other)];
  const ends = pairedInterval(own, other, bootstrap) ?? { difference: mean - theirs, low: null, high: null };
  return { a: mean, b: theirs, ...ends };
}

function tallyOf(a: ArrayLike<number>, b: ArrayLike<number>): Tally {
  const tally = { wins: 0, ties: 0, losses: 0 };
  for (let row = 0; row < a.length; row++) {
    const lead = a[row]! - b[row]!;
    tally[Math.abs(lead) <= SAME_SCORE ? 'ties' : lead > 0 ? 'wins' : 'losses'] += 1;
  }
  return tally;
}

/**
 * Exact two-sided sign test of rows on which one side did better: McNemar's test where scores are 0 and 1. The probability,
 * were both equally good, of a split at least as uneven. Ties do not count.
 */
export const signTest = (wins: number, losses: number): number =>
  Math.min(1, 2 * binomialTail(Math.max(wins, losses), wins + losses, 1 / 2));
