import type { LayoutCheck } from '@routeprofile/schema';
import type { Sources } from '../dataset/sources.js';

/** What looking at the files of a dataset gives when they are good. */
type Found = Pick<LayoutCheck, 'oddities'> & { dataset: NonNullable<LayoutCheck['dataset']> };

/**
 * Looks at the files of a dataset; what is wrong with them is returned, not thrown.
 * @param look may throw what `sources.problems` has collected, and what putting the files together shows
 * @throws RouteProfileError ABORTED, and anything else that is not about the input.
 */
export async function collectProblems(
  sources: Sources,
  look: (sources: Sources) => Promise<Found>,
): Promise<Omit<LayoutCheck, 'coverage'>> {
  const { problems } = sources;
  try {
    return { ...(await look(sources)), problems: [], problemCount: 0 };
  } catch (error) {
    // What the files themselves showed is already collected; what putting them together showed is not.
    if (problems.count === 0) problems.addError(error);
    return { dataset: null, problems: problems.lines(), problemCount: problems.count, oddities: [] };
  }
}
