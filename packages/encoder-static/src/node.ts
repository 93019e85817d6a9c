import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RouteProfileError } from '@routeprofile/schema';
import type { StaticFiles } from './encoder.js';

export * from './index.js';

/**
 * The vectors in a file; nothing is read before it is asked for.
 * @param path Default: the file that comes with this package.
 * @throws RouteProfileError MISSING_FILE, from `read`.
 */
export function staticFiles(path?: string): StaticFiles {
  const file = path ?? fileURLToPath(new URL('../data/static.safetensors', import.meta.url));
  return {
    name: basename(file),
    async read() {
      try {
        return await readFile(file);
      } catch (cause) {
        throw new RouteProfileError('MISSING_FILE', `static: ${file} cannot be read`, {
          hint:
            path === undefined
              ? 'Install @routeprofile/encoder-static again.'
              : 'Make it with `routeprofile encoder fit --data DIR --out FILE`.',
          cause,
        });
      }
    },
  };
}
