import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Milliseconds that a file must have been left alone: editors write in several steps. */
const QUIET_MS = 200;

/**
 * Watches one file, also where an editor puts another in its place.
 * @param changed is called once for each change, never while an earlier call has not ended
 * @returns ends it
 */
export function watchFile(path: string, changed: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  const run = () => {
    if (running !== undefined) {
      again = true;
      return;
    }
    running = changed().finally(() => {
      running = undefined;
      if (!again) return;
      again = false;
      run();
    });
  };
  // The folder, because a file that is replaced is another one for the system.
  const watcher = watch(dirname(path), (_, name) => {
    if (name !== null && name !== basename(path)) return;
    clearTimeout(timer);
    timer = setTimeout(run, QUIET_MS);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
