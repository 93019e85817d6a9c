import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** Milliseconds that a file must have been left alone: editors write in several steps. */
const QUIET_MS = 200;

/** Tells one state of a file from another, whatever links lead to it; undefined while it is not there. */
const stateOf = (path: string): Promise<string | undefined> =>
  stat(path).then(
    ({ dev, ino, mtimeMs, size }) => [dev, ino, mtimeMs, size].join(' '),
    () => undefined,
  );

/**
 * Watches one file, also where an editor puts another in its place, or a link is set to another, as Kubernetes does with its volumes.
 * @param changed is called once for each change, never while an earlier call has not ended
 * @param linked a folder that holds a link on the way to the file, where that is not the file's own folder
 * @returns ends it
 */
export function watchFile(path: string, changed: () => Promise<void>, linked?: string): () => void {
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
  let known = stateOf(path);
  let looking: NodeJS.Timeout | undefined;
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      known = stateOf(path);
      run();
    }, QUIET_MS);
  };
  const look = async () => {
    const now = await stateOf(path);
    if (looking !== undefined && now !== undefined && now !== (await known)) schedule();
    looking = undefined;
  };
  // Others beside it may be written all the time.
  const lookSoon = () => void (looking ??= setTimeout(() => void look(), QUIET_MS));
  // The folder, because a file that is replaced is another one for the system.
  const watchers = [
    watch(dirname(path), (_, name) => {
      if (name === null || name === basename(path)) schedule();
      else lookSoon();
    }),
    ...(linked === undefined ? [] : [watch(linked, lookSoon)]),
  ];
  return () => {
    clearTimeout(timer);
    clearTimeout(looking);
    looking = undefined;
    for (const watcher of watchers) watcher.close();
  };
}
