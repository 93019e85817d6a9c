import type { RiskCoverage } from '@routeprofile/schema';
import { type BootstrapOptions, percentileInterval, resample, RESAMPLES } from '@routeprofile/numerics';

/** Points of the curve at most. */
const POINTS = 50;

/** Rows of equal confidence, those of higher confidence first: their numbers and what was lost on them. */
interface Ties {
  /** Of each row. */
  group: Int32Array;
  groups: number;
}

/**
 * Risk–coverage curve (Geifman and El-Yaniv 2017): let the router answer only the rows it is surest of, and see what is lost on
 * these. Risk = 1 − score; rows of equal confidence come in random order, on average.
 *
 * @param confidence one a row, higher is surer; any scale
 * @param scores of the choices
 * @returns null without rows, and when a score is outside 0 to 1
 */
export function riskCoverage(
  confidence: Float64Array,
  scores: Float64Array,
  bootstrap: BootstrapOptions,
): RiskCoverage | null {
  const rows = scores.length;
  if (rows === 0 || !areShares(scores)) return null;
  const losses = scores.map((score) => 1 - score);
  const own = tiesOf(confidence);
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  const risks = risksOf(all, losses, own);
  const random = losses.reduce((sum, loss) => sum + loss, 0) / rows;
  const aurc = mean(risks);

  const { resamples = RESAMPLES } = bootstrap;
  const areas = new Float64Array(resamples);
  const gains = new Float64Array(resamples);
  resample(rows, bootstrap, (drawn, r) => {
    areas[r] = mean(risksOf(drawn, losses, own));
    gains[r] = areas[r] - drawn.reduce((sum, row) => sum + losses[row]!, 0) / rows;
  });
  return {
    points: coverages(rows).map((count) => ({ coverage: count / rows, risk: risks[count - 1]! })),
    aurc: { value: aurc, ...percentileInterval(areas, bootstrap) },
    random,
    perfect: mean(risksOf(all, losses, tiesOf(scores))),
    difference: { against: 'random order', difference: aurc - random, ...percentileInterval(gains, bootstrap) },
  };
}

export const areShares = (values: Float64Array): boolean => values.every((value) => value >= 0 && value <= 1);

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function tiesOf(confidence: Float64Array): Ties {
  const levels = [...new Set(confidence)].sort((a, b) => b - a);
  const place = new Map(levels.map((level, g) => [level, g]));
  return { group: Int32Array.from(confidence, (level) => place.get(level)!), groups: levels.length };
}

/** Mean loss of the k surest of the drawn rows, for k = 1 to their number; within ties, the expectation over random order. */
function risksOf(drawn: Int32Array, losses: Float64Array, { group, groups }: Ties): Float64Array {
  const counts = new Int32Array(groups);
  const lost = new Float64Array(groups);
  for (const row of drawn) {
    counts[group[row]!]! += 1;
    lost[group[row]!]! += losses[row]!;
  }
  const risks = new Float64Array(drawn.length);
  let before = 0;
  let total = 0;
  for (let g = 0; g < groups; g++) {
    const count = counts[g]!;
    for (let k = 1; k <= count; k++) risks[before + k - 1] = (total + (k * lost[g]!) / count) / (before + k);
    before += count;
    total += lost[g]!;
  }
  return risks;
}

/** How many rows are covered at the points of the curve. */
function coverages(rows: number): number[] {
  const points = Math.min(POINTS, rows);
  return Array.from({ length: points }, (_, i) => Math.round(((i + 1) * rows) / points));
}
