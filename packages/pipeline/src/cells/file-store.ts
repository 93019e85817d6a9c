import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashText, writeFileAtomic } from '@routeprofile/data';
import type { Store } from '@routeprofile/schema';

/** A store of small files, one a key, safe under several writers: what is there is whole. */
export function fileStore(folder: string): Store {
  const path = (key: string) => {
    const hash = hashText(key);
    return join(folder, hash.slice(0, 2), hash.slice(2));
  };
  return {
    get: (key) =>
      readFile(path(key)).catch((error: NodeJS.ErrnoException) =>
        error.code === 'ENOENT' ? undefined : Promise.reject(error),
      ),
    set: (key, value) => writeFileAtomic(path(key), value),
  };
}
