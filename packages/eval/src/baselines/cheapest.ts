import { comparableMeans } from '@routeprofile/numerics';
import type { Candidate, TrainingData } from '@routeprofile/schema';

/**
 * The model that costs least, known before any test row is seen: the lowest mean cost per call in the training data
 * (`comparableMeans`) when all candidates have one, else the lowest price (input + output) when all have one. Ties go to the earlier model.
 *
 * @returns its index; null when some candidate's cost is unknown
 */
export function cheapest(candidates: readonly Candidate[], training: Pick<TrainingData, 'outcomes'>): number | null {
  const recorded = training.outcomes && comparableMeans(training.outcomes.cost, candidates.length)?.means;
  const prices = candidates.map(({ price }) => (price ? price.input + price.output : NaN));
  for (const costs of [recorded, prices])
    if (costs && costs.length > 0 && costs.every(Number.isFinite))
      return [...costs.keys()].reduce((least, m) => (costs[m]! < costs[least]! ? m : least));
  return null;
}
