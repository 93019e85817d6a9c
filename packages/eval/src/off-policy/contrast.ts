import type { OffPolicyEvidence, Outcomes } from './evidence.js';

/**
 * What is estimated: mean over rows of Σ_m share[row, m] · outcome[row, m]. The shares of a policy's value are its chances; those of a
 * difference are one policy's chances minus the other's.
 */
export type Contrast = Float64Array;

/** The three estimators, by the names the field has for them. */
export type Estimator = 'ips' | 'snips' | 'dr';

/** How much of the log speaks for a policy. */
export interface Support {
  /** (Σ w)² / Σ w² over the rows with a weight w (Kish 1965): as many rows of equal weight tell about as much. */
  effectiveRows: number;
  /** Rows on which a model that the policy would have asked was measured; and as a share of all. */
  matchedRows: number;
  matchedShare: number;
  /** Largest weight of a row: share of the policy / propensity. */
  maxWeight: number;
  /** Mean weight over all rows. 1 is expected; less where the policy goes where the log never went. */
  meanWeight: number;
  /** Standard error of that mean. */
  meanWeightError: number;
  /** Share of the policy's decisions whose propensity is below the floor. */
  unsupportedShare: number;
  /** The same by the model decided for, with the expected number of decisions for it; without models of none. */
  byModel: { model: string; decisions: number; unsupportedShare: number }[];
}

/** Mean over rows of Σ |share|: 1 for a policy. */
export const massOf = (contrast: Contrast, rows: number): number =>
  contrast.reduce((sum, c) => sum + Math.abs(c), 0) / rows;

/** 1 / the chance that this outcome came to be measured; 0 where it was not, or has no weight. */
export function inverseChance(
  { models, counted, propensities }: OffPolicyEvidence,
  { measured, known }: Outcomes,
  k: number,
): number {
  if (!counted[k] || Number.isNaN(measured[k]!)) return 0;
  return 1 / (propensities.weighing[k]! * (known?.[k % models.length] ?? 1));
}

/** Shape [rows]: Σ_m |share| / propensity over what was scored. */
export function rowWeights(evidence: OffPolicyEvidence, contrast: Contrast): Float64Array {
  const width = evidence.models.length;
  const weights = new Float64Array(evidence.rows);
  contrast.forEach((share, k) => {
    if (share !== 0) weights[Math.floor(k / width)]! += Math.abs(share) * inverseChance(evidence, evidence.score, k);
  });
  return weights;
}

/**
 * What weights of rows say by their sum and their sum of squares; see `Support`.
 * @param mass as `massOf` gives it, by which weights are divided
 */
export const weightMoments = (
  sum: number,
  squares: number,
  rows: number,
  mass: number,
): Pick<Support, 'effectiveRows' | 'meanWeight' | 'meanWeightError'> => ({
  effectiveRows: squares > 0 ? sum ** 2 / squares : 0,
  meanWeight: sum / rows / mass,
  meanWeightError: Math.sqrt(Math.max(0, squares / rows - (sum / rows) ** 2) / rows) / mass,
});

/** Support of a contrast that is not 0 everywhere; weights are counted per unit of its mass. */
export function supportOf(evidence: OffPolicyEvidence, contrast: Contrast): Support {
  const { rows, models, propensities, floor } = evidence;
  const width = models.length;
  const mass = massOf(contrast, rows);
  const weights = rowWeights(evidence, contrast);
  let [sum, squares, most, matchedRows] = [0, 0, 0, 0];
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
    most = Math.max(most, weight);
    if (weight > 0) matchedRows++;
  }
  const decisions = new Float64Array(width);
  const unsupported = new Float64Array(width);
  contrast.forEach((share, k) => {
    decisions[k % width]! += Math.abs(share);
    if (propensities.overlap[k]! < floor) unsupported[k % width]! += Math.abs(share);
  });
  return {
    ...weightMoments(sum, squares, rows, mass),
    matchedRows,
    matchedShare: matchedRows / rows,
    maxWeight: most / mass,
    unsupportedShare: unsupported.reduce((a, b) => a + b, 0) / (rows * mass),
    byModel: models.flatMap((model, m) =>
      decisions[m]! > 0 ? [{ model, decisions: decisions[m]!, unsupportedShare: unsupported[m]! / decisions[m]! }] : [],
    ),
  };
}

/** An estimate, and what each row adds to it: the value is their mean, its error has their standard deviation / √rows. */
export interface Influence {
  value: number;
  /** Shape [rows]. */
  perRow: Float64Array;
}

/**
 * Inverse propensity scoring: mean of w · outcome with w = share / propensity (Horvitz and Thompson 1952). Unbiased under right
 * propensities.
 */
export function ips(evidence: OffPolicyEvidence, outcomes: Outcomes, contrast: Contrast): Influence {
  const perRow = weighed(evidence, outcomes, contrast, (k) => outcomes.measured[k]!);
  return { value: average(perRow), perRow };
}

/**
 * Self-normalised: Σ w · outcome / Σ w (Swaminathan and Joachims 2015, "The self-normalized estimator for counterfactual learning").
 * Adding a constant to all outcomes adds it to the estimate. Per row: value + w (outcome − value) / mean w.
 * @param contrast a policy's chances: a difference has one of these for each side
 */
export function snips(evidence: OffPolicyEvidence, outcomes: Outcomes, contrast: Contrast): Influence {
  const weights = weighed(evidence, outcomes, contrast, () => 1);
  const sums = weighed(evidence, outcomes, contrast, (k) => outcomes.measured[k]!);
  const meanWeight = average(weights);
  const value = average(sums) / meanWeight;
  return { value, perRow: sums.map((sum, row) => value + (sum - weights[row]! * value) / meanWeight) };
}

/**
 * Doubly robust: mean of Σ_m share · expected + w · (outcome − expected) (Dudík, Langford and Li 2011, arXiv 1103.4601; Dudík et al. 2014,
 * arXiv 1503.02834). Right if either the propensities or the expectations are.
 */
export function doublyRobust(evidence: OffPolicyEvidence, outcomes: Outcomes, contrast: Contrast): Influence {
  const { measured, expected } = outcomes;
  const width = evidence.models.length;
  const perRow = weighed(evidence, outcomes, contrast, (k) => measured[k]! - expected[k]!);
  contrast.forEach((share, k) => {
    if (share !== 0) perRow[Math.floor(k / width)]! += share * expected[k]!;
  });
  return { value: average(perRow), perRow };
}

/**
 * What the log's own policy got, by the choices that it made: mean of expected + (outcome − expected) / known over the choices. Its choices
 * were not drawn by us, so no propensity weighs; only answers that nobody judged have to be made up for.
 */
export function logged({ chosen, models }: OffPolicyEvidence, { measured, expected, known }: Outcomes): Influence {
  const perRow = Float64Array.from(chosen, (model, row) => {
    const k = row * models.length + model;
    return Number.isNaN(measured[k]!)
      ? expected[k]!
      : expected[k]! + (measured[k]! - expected[k]!) / (known?.[model] ?? 1);
  });
  return { value: average(perRow), perRow };
}

/** Shape [rows]: Σ_m share / propensity · quantity over what was measured. */
function weighed(
  evidence: OffPolicyEvidence,
  outcomes: Outcomes,
  contrast: Contrast,
  quantity: (k: number) => number,
): Float64Array {
  const width = evidence.models.length;
  const out = new Float64Array(evidence.rows);
  contrast.forEach((share, k) => {
    const weight = share === 0 ? 0 : share * inverseChance(evidence, outcomes, k);
    if (weight !== 0) out[Math.floor(k / width)]! += weight * quantity(k);
  });
  return out;
}

const average = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
