import { dirname, join } from 'node:path';
import type { FoundConfig } from './config.js';
import { watchFile } from './watch.js';

/**
 * Watches what is served: the configuration where it is a file, and the folder of each router, also where that is a link which is set to
 * another folder, as `learn` does with `current`.
 * @param reload loads it again, never while an earlier call has not ended. @returns what is in use afterwards
 * @returns ends it
 */
export function watchServed(first: FoundConfig, reload: () => Promise<FoundConfig>): () => void {
  let found = first;
  let watching: (() => void)[] = [];
  let loading = Promise.resolve();
  let ended = false;
  const unwatch = () => {
    for (const end of watching) end();
    watching = [];
  };
  const again = (): Promise<void> =>
    (loading = loading.then(async () => {
      if (ended) return;
      found = await reload();
      unwatch();
      if (!ended) watch();
    }));
  const watch = () => {
    const folders = new Set(Object.values(found.config.routes).map(({ router }) => router));
    watching = [
      ...(found.file === undefined ? [] : [watchFile(found.file, again)]),
      ...[...folders].map((folder) => watchFile(join(folder, 'router.json'), again, dirname(folder))),
    ];
  };
  watch();
  return () => {
    ended = true;
    unwatch();
  };
}
