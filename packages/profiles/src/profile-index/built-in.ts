import type { ProfileIndex, ProfileIndexArtifact } from '@routeprofile/schema';
import { corruptFile } from '@routeprofile/schema';
import { approximateProfileIndex } from './approximate.js';
import { exactProfileIndex } from './exact.js';

/**
 * A saved index of one of the built-in strategies.
 * @throws RouteProfileError CORRUPT_FILE
 */
export async function loadProfileIndex(artifact: ProfileIndexArtifact): Promise<ProfileIndex> {
  const { strategy } = artifact.manifest;
  const found = [approximateProfileIndex, exactProfileIndex].find(({ name }) => name === strategy);
  if (found) return found.load(artifact);
  throw corruptFile(
    'profile index',
    `there is no built-in index called '${String(strategy)}'`,
    'Load it with the strategy that built it.',
  );
}
