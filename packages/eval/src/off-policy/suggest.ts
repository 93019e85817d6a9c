import { RouteProfileError } from '@routeprofile/schema';
import { inverseChance, massOf, rowWeights, supportOf, weightMoments, type Contrast } from './contrast.js';
import type { OffPolicyEvidence } from './evidence.js';
import { policyChances, type TargetPolicy } from './logged-rows.js';
import { obstacleOf } from './verdict.js';

/** A query to be asked. */
export interface SuggestedQuery {
  /** Row of the log. */
  row: number;
  model: string;
  /** How likely the log was to have the answer, from 0 to 1. */
  propensity: number;
  /** Share of the variance that the log's gaps bring into the estimate, which this answer would remove. */
  varianceShare: number;
}

/** What to ask, and what counts as asked. */
export interface Suggestions {
  /** Answers to get, the most useful first. */
  ask: SuggestedQuery[];
  /**
   * Answers that would have been asked for but are in the log by luck. They have to be marked in `LoggedRows.asked` as well: otherwise
   * a lucky row would weigh more than one that was asked, and the estimate would be biased.
   */
  alreadyMeasured: SuggestedQuery[];
}

/** Rows of average spread that are added to each model's own. */
const PRIOR_ROWS = 5;

/**
 * Which answers, asked for on purpose, would narrow the interval most: those of the largest share² · (1 / propensity − 1) · spread of the
 * model about its expected score, which is the variance that the row's weight adds. Scores of the row itself play no part, so
 * that what is asked may be counted with propensity 1: mark it in `LoggedRows.asked`, and fit again.
 * @param count answers at most, a non-negative integer
 * @param against the policy that it is to be compared with; default: the value alone is wanted
 * @throws RouteProfileError BAD_OPTION for such a count; and as `policyChances`
 */
export function suggestQueries(
  evidence: OffPolicyEvidence,
  policy: TargetPolicy,
  count: number,
  against?: TargetPolicy,
): Suggestions {
  if (!(Number.isInteger(count) && count >= 0))
    throw new RouteProfileError('BAD_OPTION', `suggestQueries: count is ${count}, expected a non-negative integer`);
  const { models, rows } = evidence;
  const own = policyChances(policy, rows, models.length);
  const others = against && policyChances(against, rows, models.length);
  return suggestFor(evidence, [own.map((chance, k) => chance - (others ? others[k]! : 0))], count);
}

/** `suggestQueries` for several contrasts at once: the variance that a gap adds is the mean of its shares of each one's. */
export function suggestFor(evidence: OffPolicyEvidence, contrasts: readonly Contrast[], count: number): Suggestions {
  const { models, propensities, score } = evidence;
  const width = models.length;
  const [ask, alreadyMeasured]: [SuggestedQuery[], SuggestedQuery[]] = [[], []];
  const { order, shares } = rankedGaps(evidence, contrasts);
  for (const k of order) {
    if (ask.length === count) break;
    const query = {
      row: Math.floor(k / width),
      model: models[k % width]!,
      propensity: propensities.foretold[k]!,
      varianceShare: shares[k]!,
    };
    (Number.isNaN(score.measured[k]!) ? ask : alreadyMeasured).push(query);
  }
  return { ask, alreadyMeasured };
}

/**
 * How many answers, asked for in the order of `suggestFor`, until nothing stands in the way of a verdict on any of the contrasts: 0
 * where nothing does. Takes the answers to change weights as their propensity of 1 does, and nothing else.
 * @returns null where all answers would not do, as with fewer than 100 rows
 */
export function answersNeeded(evidence: OffPolicyEvidence, contrasts: readonly Contrast[]): number | null {
  const { score } = evidence;
  const ledgers = contrasts.map((contrast) => ledgerOf(evidence, contrast));
  const stands = () => ledgers.some(({ isObstructed }) => isObstructed());
  if (!stands()) return 0;
  let answers = 0;
  for (const k of rankedGaps(evidence, contrasts).order) {
    ledgers.forEach(({ ask }) => ask(k));
    if (!Number.isNaN(score.measured[k]!)) continue;
    answers++;
    if (!stands()) return answers;
  }
  return stands() ? null : answers;
}

/** The support of a contrast while models are asked, one after the other. */
function ledgerOf(evidence: OffPolicyEvidence, contrast: Contrast) {
  const { rows, models, floor, score, propensities } = evidence;
  const width = models.length;
  const mass = massOf(contrast, rows);
  const weights = rowWeights(evidence, contrast);
  let sum = weights.reduce((total, weight) => total + weight, 0);
  let squares = weights.reduce((total, weight) => total + weight ** 2, 0);
  let unsupported = supportOf(evidence, contrast).unsupportedShare * rows * mass;
  return {
    ask: (k: number): void => {
      const share = Math.abs(contrast[k]!);
      if (share === 0) return;
      const row = Math.floor(k / width);
      const before = weights[row]!;
      const after = before + share - share * inverseChance(evidence, score, k);
      weights[row] = after;
      sum += after - before;
      squares += after ** 2 - before ** 2;
      if (propensities.overlap[k]! < floor) unsupported -= share;
    },
    isObstructed: (): boolean =>
      obstacleOf({
        ...weightMoments(sum, squares, rows, mass),
        unsupportedShare: unsupported / (rows * mass),
      }) !== undefined,
  };
}

/** Pairs of row and model that add variance, the most first, and the mean over the contrasts of the share that each adds. */
function rankedGaps(
  evidence: OffPolicyEvidence,
  contrasts: readonly Contrast[],
): { order: number[]; shares: Float64Array } {
  const { models, floor, propensities } = evidence;
  const spread = spreadByModel(evidence);
  const shares = new Float64Array(propensities.overlap.length);
  for (const contrast of contrasts) {
    const variance = contrast.map(
      (share, k) => share ** 2 * (1 / Math.max(propensities.foretold[k]!, floor) - 1) * spread[k % models.length]!,
    );
    const total = variance.reduce((sum, each) => sum + each, 0);
    if (total > 0) variance.forEach((each, k) => (shares[k]! += each / total / contrasts.length));
  }
  const order = Array.from(shares.keys())
    .filter((k) => shares[k]! > 0)
    .sort((a, b) => shares[b]! - shares[a]! || a - b);
  return { order, shares };
}

/** Mean squared distance of each model's scores from what was expected, drawn to that of all by 5 rows. */
function spreadByModel({ models, score }: OffPolicyEvidence): Float64Array {
  const width = models.length;
  const squares = new Float64Array(width);
  const counts = new Float64Array(width);
  score.measured.forEach((value, k) => {
    if (Number.isNaN(value)) return;
    squares[k % width]! += (value - score.expected[k]!) ** 2;
    counts[k % width]! += 1;
  });
  const all = squares.reduce((a, b) => a + b, 0) / counts.reduce((a, b) => a + b, 0);
  return squares.map((sum, m) => (sum + PRIOR_ROWS * all) / (counts[m]! + PRIOR_ROWS));
}
