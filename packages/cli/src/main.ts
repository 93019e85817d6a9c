import { runProgram } from './program.js';
import type { Io } from './io.js';

/** What a failed write to standard output means: the exit code, and a word about it unless a reader closed the pipe (`| head`). */
export function outputLost(error: NodeJS.ErrnoException, stderr: Pick<Io['stderr'], 'write'>): number {
  if (error.code === 'EPIPE') return 0;
  stderr.write(
    `error: standard output takes no more (${error.code ?? error.message}): what was printed is not whole\n`,
  );
  return 1;
}

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
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(outputLost(error, process.stderr)));
  // Nowhere is left to say it.
  process.stderr.on('error', () => undefined);
  const io: Io = { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, signal: controller.signal };
  try {
    return await runProgram(argv, io);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
