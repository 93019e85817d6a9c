import { readProfileSet } from '@routeprofile/data';
import { RouteProfileError, takeRows, type ProfileSet } from '@routeprofile/schema';

/**
 * The profiles of these models, in their order, out of a saved set.
 * @param path `.npz` file made by `buildProfiles`, or by `numpy.savez`
 * @throws RouteProfileError BAD_INPUT for models without a profile
 */
export async function savedProfilesOf(path: string, models: string[]): Promise<ProfileSet> {
  const set = await readProfileSet(path);
  const place = models.map((model) => set.models.indexOf(model));
  const absent = models.filter((_, i) => place[i] === -1);
  if (absent.length > 0)
    throw new RouteProfileError('BAD_INPUT', `${path} has no profile of ${absent.join(', ')}`, {
      hint: 'Build the profiles from the same dataset and mode.',
    });
  const { vectors, keyed, texts, biases, ...rest } = set;
  return {
    ...rest,
    models,
    vectors: takeRows(vectors, place),
    ...(keyed && { keyed: { ...keyed, scores: takeRows(keyed.scores, place) } }),
    ...(texts && { texts: place.map((row) => texts[row]!) }),
    ...(biases && { biases: Float32Array.from(place, (row) => biases[row]!) }),
  };
}
