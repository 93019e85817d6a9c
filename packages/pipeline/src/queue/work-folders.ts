import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '@routeprofile/data';

/** The name says whose it is: numbers of processes mean something on one machine alone, and containers may share a folder. */
const PREFIX = `routeprofile-worker-${hostname().replaceAll(/[^\w.-]/g, '_')}-`;

/** Makes a folder of temporary files. Whoever makes it removes it; if this process is killed, the next worker does. */
export const makeWorkFolder = (): Promise<string> => mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));

/** Whether the process that made a folder is gone. Its number may be another's by now, who made no folder before it began. */
function isLeft(pid: number, changed: number): boolean {
  if (pid !== process.pid) return !isRunning(pid);
  return changed < Date.now() - process.uptime() * 1000;
}

/**
 * Removes folders of temporary files that killed workers of this machine and this user left behind.
 * @returns how many
 */
export async function removeLeftWorkFolders(): Promise<number> {
  let removed = 0;
  for (const entry of await readdir(tmpdir(), { withFileTypes: true })) {
    const pid =
      entry.isDirectory() && entry.name.startsWith(PREFIX) ? /^(\d+)-\w+$/.exec(entry.name.slice(PREFIX.length)) : null;
    if (pid === null) continue;
    const path = join(tmpdir(), entry.name);
    // Another worker that begins now may remove it first.
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || found.uid !== (process.getuid?.() ?? found.uid)) continue;
    if (!isLeft(Number(pid[1]), found.mtimeMs)) continue;
    await rm(path, { recursive: true, force: true });
    removed++;
  }
  return removed;
}
