import { runProgram } from './program.js';
import type { Io } from './io.js';

/**
 * The `routeprofile` command on this process: the first Ctrl-C stops after the current step and keeps what is
 * finished, the second ends at once.
 * @param argv arguments after the program's name
 * @returns the exit code
 */
export async function main(argv: readonly string[]): Promise<number> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // A closed pipe (| head) is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const io: Io = { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, signal: controller.signal };
  try {
    return await runProgram(argv, io);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
