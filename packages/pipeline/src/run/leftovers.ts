import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** As `writeFileAtomic` names what it has not finished. */
const TEMPORARY = /^\..+\.[0-9a-f]{12}\.tmp$/;

/** A file is written in one go: one that nobody has touched for so long belongs to a process that is gone. */
const STALE_MILLISECONDS = 10 * 60 * 1000;

/** Folders of a run, and how deep files lie in them. */
const PLACES: readonly (readonly [name: string, depth: number])[] = [
  ['.', 0],
  ['cells', 0],
  ['profiles', 0],
  ['routers', 1],
  ['store', 1],
  ['kept', 2],
];

async function sweep(folder: string, depth: number, before: number): Promise<number> {
  let removed = 0;
  // A folder or a file that is not there (any more) holds nothing to remove.
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth > 0) removed += await sweep(path, depth - 1, before);
    if (!entry.isFile() || !TEMPORARY.test(entry.name)) continue;
    const changed = await stat(path).catch(() => undefined);
    if (changed === undefined || changed.mtimeMs >= before) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}

/**
 * Removes what killed runs left half-written in their own folders of OUT; what another run is writing now stays.
 * @returns how many files
 */
export async function removeLeftovers(out: string, now = Date.now()): Promise<number> {
  let removed = 0;
  for (const [name, depth] of PLACES) removed += await sweep(join(out, name), depth, now - STALE_MILLISECONDS);
  return removed;
}
