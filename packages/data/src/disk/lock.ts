import { open, readFile, unlink } from 'node:fs/promises';
import { RouteProfileError } from '@routeprofile/schema';
import { systemCode, writeError } from './files.js';

/** Whether a process of this machine has this number, whoever's it is. */
export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process is somebody else's, but it is there.
    return systemCode(error) === 'EPERM';
  }
};

/** Locks that this process holds. */
const HELD = new Set<string>();

/**
 * Keeps a second process from doing the same. A lock whose process has ended, as after `kill -9`, is taken over.
 * @param doing what the message says of whoever holds it, such as `is collecting into this folder`
 * @returns what gives the lock back
 * @throws RouteProfileError OUTPUT_UNWRITABLE while another process holds it
 */
export async function lockFile(path: string, doing: string): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt++) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(`${process.pid}\n`);
      await file.close();
      HELD.add(path);
      return async () => {
        HELD.delete(path);
        await unlink(path).catch(() => undefined);
      };
    } catch (cause) {
      if (systemCode(cause) !== 'EEXIST') throw writeError(path, cause);
      const pid = Number(await readFile(path, 'utf8').catch(() => ''));
      // Our own number: that of an earlier process, as in a container that was started again; or a second journal of this one.
      const held = pid > 0 && (pid === process.pid ? HELD.has(path) : isRunning(pid));
      if (held || attempt > 0)
        throw new RouteProfileError('OUTPUT_UNWRITABLE', `${path}: process ${pid} ${doing}`, {
          hint: `Wait for it, or choose another folder. If there is no such process, delete ${path}.`,
        });
      await unlink(path).catch(() => undefined);
    }
  }
}
