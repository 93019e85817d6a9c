import { bestSingle } from '@routeprofile/numerics';
import type { Candidate, Dataset, RouterArtifact, TrainingData } from '@routeprofile/schema';

/** What a saved router's file holds beside what its strategy knows: how to find, feed and serve it without the dataset. */
export type Wiring = Pick<
  RouterArtifact['manifest'],
  'reference' | 'profile' | 'sharedPrefixes' | 'bestSingle' | 'candidates'
>;

/** @param training what the router was fitted on @param from the reference of a plugin's router and the name of the profile it was fitted with */
export const wiringOf = (
  { candidates, newModels, sharedPrefixes }: Pick<Dataset, 'candidates' | 'newModels' | 'sharedPrefixes'>,
  training: Pick<TrainingData, 'pairs' | 'outcomes'>,
  from: Pick<Wiring, 'reference' | 'profile'>,
): Wiring => {
  const models = candidates.map(({ id }) => id);
  const single = bestSingle(models, training, newModels);
  return {
    ...from,
    ...(sharedPrefixes && { sharedPrefixes: [...sharedPrefixes] }),
    ...(single && { bestSingle: single.model }),
    candidates: [...candidates],
  };
};

/** The artifact with its wiring; what a strategy handed on of an earlier one gives way. */
export const wired = ({ manifest, weights }: RouterArtifact, wiring: Wiring): RouterArtifact => ({
  manifest: { ...manifest, ...wiring },
  weights,
});

/** The wiring of a router that further models joined. @param joined candidates of those models; what is known already stays */
export function extendedWiring(
  { reference, profile, sharedPrefixes, bestSingle: single, candidates = [] }: RouterArtifact['manifest'],
  joined: readonly Candidate[],
): Wiring {
  const known = new Set(candidates.map(({ id }) => id));
  return {
    ...(reference !== undefined && { reference }),
    ...(profile !== undefined && { profile }),
    ...(sharedPrefixes && { sharedPrefixes }),
    ...(single !== undefined && { bestSingle: single }),
    candidates: [...candidates, ...joined.filter(({ id }) => !known.has(id))],
  };
}
