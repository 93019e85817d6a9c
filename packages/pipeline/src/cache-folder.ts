import { join } from 'node:path';
import envPaths from 'env-paths';

/** The platform's cache folder, unless ROUTEPROFILE_CACHE names another. */
export function defaultCacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env['ROUTEPROFILE_CACHE'] || join(envPaths('routeprofile', { suffix: '' }).cache, 'embeddings');
}
