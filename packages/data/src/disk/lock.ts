import { randomUUID } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { RouteProfileError } from '@routeprofile/schema';
import { systemCode, writeError } from './files.js';

/** Who has a lock, as its file says. */
interface Holder {
  pid: number;
  /** No two locks have the same. */
  token: string;
}

/** Tokens of locks that this process has, or is about to have. */
const HELD = new Set<string>();

/** Tokens become part of names of files. */
const TOKEN = /^[\w-]{1,64}$/;
const UNSAID = 'unsaid';

/** Milliseconds that a lock may take to say whose it is, and that one who takes over a lock may take. */
const PATIENCE_MS = 500;
const STEP_MS = 20;

/** What file systems without hard links say. */
const NO_LINKS = new Set<unknown>(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

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

/** Our own number may be that of an earlier process, as in a container that was started again. */
const isAlive = ({ pid, token }: Holder): boolean =>
  pid > 0 && (pid === process.pid ? HELD.has(token) : isRunning(pid));

/** @returns undefined where there is no lock */
async function holderOf(path: string): Promise<Holder | undefined> {
  for (let waited = 0; ; waited += STEP_MS) {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (cause) {
      if (systemCode(cause) === 'ENOENT') return undefined;
      throw cause;
    }
    const [pid = '', token = ''] = text.split('\n');
    // Earlier versions wrote the number alone.
    if (text.endsWith('\n')) return { pid: Number(pid) || 0, token: TOKEN.exec(token || pid)?.[0] ?? UNSAID };
    // It is being written, unless whoever did has ended.
    if (waited >= PATIENCE_MS) return { pid: 0, token: UNSAID };
    await pause(STEP_MS);
  }
}

/** Makes a file that appears with all it holds. @returns false where there is one */
async function made(path: string, own: string, text: string): Promise<boolean> {
  try {
    await link(own, path).catch((cause: unknown) => {
      if (!NO_LINKS.has(systemCode(cause))) throw cause;
      return writeFile(path, text, { flag: 'wx' });
    });
    return true;
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return false;
    throw cause;
  }
}

/**
 * Takes a lock, also one whose holder has ended. Of a dead lock only whoever has the lock on its token may take the place, and looks again
 * before: so nobody puts away a lock that another has just taken.
 * @param own a file that holds `text`, which says who takes it
 * @returns who has it, where somebody does
 */
async function take(path: string, own: string, text: string): Promise<Holder | undefined> {
  for (let waited = 0; ;) {
    if (await made(path, own, text)) return undefined;
    const holder = await holderOf(path);
    if (holder === undefined) continue;
    if (isAlive(holder)) return holder;
    const claim = `${path}.${holder.token}`;
    const other = await take(claim, own, text);
    if (other !== undefined) {
      if (waited >= PATIENCE_MS) return other;
      waited += STEP_MS;
      await pause(STEP_MS);
      continue;
    }
    try {
      const now = await holderOf(path);
      if (now?.token !== holder.token || isAlive(now)) continue;
      const next = `${own}.next`;
      await writeFile(next, text);
      await rename(next, path);
      return undefined;
    } finally {
      await unlink(claim).catch(() => undefined);
    }
  }
}

/**
 * Keeps a second process from doing the same. A lock whose process has ended, as after `kill -9`, is taken over; of several that try that at
 * once, one has it. Processes are told apart by their numbers: those of two machines, or of two containers, that share a folder are not.
 * @param doing what the message says of whoever holds it, such as `is collecting into this folder`
 * @returns what gives the lock back
 * @throws RouteProfileError OUTPUT_UNWRITABLE while another process holds it
 */
export async function lockFile(path: string, doing: string): Promise<() => Promise<void>> {
  const token = randomUUID();
  const text = `${process.pid}\n${token}\n`;
  const own = `${path}.new-${token}`;
  let holder: Holder | undefined;
  let taken = false;
  // Before anybody can read that it is ours.
  HELD.add(token);
  try {
    await writeFile(own, text, { flag: 'wx' });
    holder = await take(path, own, text);
    taken = holder === undefined;
  } catch (cause) {
    throw writeError(path, cause);
  } finally {
    await unlink(own).catch(() => undefined);
    if (!taken) HELD.delete(token);
  }
  if (holder !== undefined)
    throw new RouteProfileError('OUTPUT_UNWRITABLE', `${path}: process ${holder.pid} ${doing}`, {
      hint: `Wait for it, or choose another folder. If there is no such process, delete ${path}.`,
    });
  return async () => {
    if (!HELD.has(token)) return;
    await unlink(path).catch(() => undefined);
    HELD.delete(token);
  };
}
