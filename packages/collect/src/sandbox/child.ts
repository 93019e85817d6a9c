import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { MAX_OUTPUT } from './limits.js';

export interface ChildResult {
  stdout: string;
  stderr: string;
  /** Why it ended, when it was not by itself. */
  ended: 'timeout' | 'output' | 'aborted' | null;
  /** The signal or the exit code it ended with, in words. */
  exit: string;
}

/** User and group "nobody": the kernel counts no process limit against the machine's root. */
const NOBODY = 65_534;

/** The child's whole environment: nothing of ours, hashing of strings the same in every run. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  PYTHONHASHSEED: '0',
  PYTHONDONTWRITEBYTECODE: '1',
};

/** In a process group of its own, so that the launcher and what is still of its group end together. */
function start(command: readonly string[]): ChildProcessWithoutNullStreams {
  const [program = '', ...args] = command;
  return spawn(program, args, {
    cwd: '/',
    env: ENVIRONMENT,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(process.getuid?.() === 0 && { uid: NOBODY, gid: NOBODY }),
  });
}

/**
 * Runs a command to its end, or ends it with everything it started: after `timeout` milliseconds, when it writes too much, or when
 * the signal fires. Never throws: what keeps a command from starting is its `exit`.
 */
export function runChild(
  command: readonly string[],
  options: { input: string; timeout: number; signal?: AbortSignal | undefined },
): Promise<ChildResult> {
  return new Promise((resolve) => {
    let child: ChildProcessWithoutNullStreams;
    try {
      child = start(command);
    } catch (error) {
      // Thrown rather than emitted, such as EINVAL where "nobody" has no number in this user namespace.
      resolve({ stdout: '', stderr: '', ended: null, exit: error instanceof Error ? error.message : String(error) });
      return;
    }
    const out = { stdout: '', stderr: '' };
    let ended: ChildResult['ended'] = null;
    let failure: Error | undefined;
    const end = (why: NonNullable<ChildResult['ended']>): void => {
      ended ??= why;
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // Already gone.
      }
    };
    const timer = setTimeout(() => end('timeout'), options.timeout);
    const abort = () => end('aborted');
    options.signal?.addEventListener('abort', abort, { once: true });
    if (options.signal?.aborted) abort();
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        if (out[name].length + text.length > MAX_OUTPUT) end('output');
        else out[name] += text;
      });
    // The child may end before it has read everything: its exit says so.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input);
    child.on('error', (error) => {
      failure = error;
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      resolve({
        ...out,
        ended,
        exit: failure?.message ?? (signal !== null ? `signal ${signal}` : `exit code ${code}`),
      });
    });
  });
}
