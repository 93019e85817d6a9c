import { readProfileIndex, writeProfileIndex } from '@routeprofile/data';
import type { ProfileIndex } from '@routeprofile/schema';
import { loadProfileIndex } from '../profile-index/built-in.js';

/**
 * Writes an index as `index.json` and `index.bin` into a folder: both appear once they are complete.
 * @throws RouteProfileError OUTPUT_UNWRITABLE, WRITE_FAILED
 */
export const saveProfileIndex = async (folder: string, index: ProfileIndex): Promise<void> =>
  writeProfileIndex(folder, await index.save());

/**
 * Opens an index that `saveProfileIndex` wrote.
 * @throws RouteProfileError MISSING_FILE, CORRUPT_FILE, LIMIT_EXCEEDED
 */
export const openProfileIndex = async (folder: string): Promise<ProfileIndex> =>
  loadProfileIndex(await readProfileIndex(folder));
