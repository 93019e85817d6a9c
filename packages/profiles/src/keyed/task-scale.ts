import type { ScoreTable } from './score-table.js';

/** How many scores of average spread each task is given beforehand, so that two equal scores do not make a spread of 0. */
const PRIOR_COUNT = 2;
/** Spread of a task that nothing tells the spread of: ten points. */
const USUAL_SPREAD = 0.1;

/** value = score × factor: shares of one, in which 0.1 is ten points. */
export interface TaskScale {
  factor: number;
  /** Whether scores are percentages or shares, so that their sampling variance is that of a share. */
  unit: 100 | 1 | null;
}

/**
 * The factor of each task. Percentages are divided by 100 and otherwise kept: a routing quality is a mean of scores, and ten points
 * count the same wherever they are won. Scores of another unit (beyond 0 to 100, or shares of one beside tasks in percent) cannot
 * be added up with them, so they are brought to the spread that models have on the other tasks; with `spread` every task is.
 *
 * The spread of a task is √((Σ (s − mean)² + 2 s₀²) / (n + 2)), s₀ the spread over all tasks in percent.
 */
export function taskScales({ models, tasks, score }: ScoreTable, scale: 'points' | 'spread'): TaskScale[] {
  const columns = tasks.map((_, t) =>
    models.map((__, m) => score[m * tasks.length + t]!).filter((value) => !Number.isNaN(value)),
  );
  const within = (values: readonly number[], high: number) => values.every((x) => x >= 0 && x <= high);
  const shares = columns.map((values) => within(values, 1) && values.some((x) => x > 0));
  const allShares = shares.every((is) => is);
  const units = columns.map((values, t) => (allShares ? 1 : shares[t] || !within(values, 100) ? null : 100));
  const natural = columns.filter((_, t) => units[t] !== null).map((values, i) => scaledBy(values, unitsOf(units)[i]!));
  const common = commonSpread(natural) || USUAL_SPREAD;
  return columns.map((values, t) => {
    const unit = units[t]!;
    if (unit !== null && scale === 'points') return { factor: 1 / unit, unit };
    const inUnits = unit === null ? values : scaledBy(values, unit);
    // Without a unit the prior has none either: the task's own spread alone.
    const prior = unit === null ? 0 : PRIOR_COUNT;
    const spread = Math.sqrt((squares(inUnits) + prior * common ** 2) / (inUnits.length + prior));
    return { factor: spread === 0 ? 0 : common / spread / (unit ?? 1), unit };
  });
}

const unitsOf = (units: readonly (100 | 1 | null)[]) => units.filter((unit) => unit !== null);
const scaledBy = (values: readonly number[], unit: number) => values.map((x) => x / unit);

function squares(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
}

/** Pooled over tasks, each about its own mean. */
function commonSpread(columns: readonly (readonly number[])[]): number {
  const freedom = columns.reduce((sum, values) => sum + values.length - 1, 0);
  return freedom <= 0 ? 0 : Math.sqrt(columns.reduce((sum, values) => sum + squares(values), 0) / freedom);
}

/**
 * Largest sampling variance that a mean of `count` scores between 0 and 1 can have, p (1 − p) / count with p = (sum + 1) /
 * (count + 2), in the scale's squared unit. Scores without a unit: as if they were halfway.
 */
export function samplingVariance(score: number, count: number, { factor, unit }: TaskScale): number {
  const n = Math.max(1, count);
  if (unit === null) return 0.25 / n;
  const p = ((score / unit) * n + 1) / (n + 2);
  return ((factor * unit) ** 2 * Math.max(0, p * (1 - p))) / n;
}
