import { Worker } from 'node:worker_threads';
import {
  interruptedText,
  SHARED,
  type CommandReply,
  type CommandRequest,
  type CommandTask,
} from './command-messages.js';
import { entryFile } from './own-package.js';
import type { Io } from './io.js';
import { describeError } from './ui/errors.js';
import { screenOf } from './ui/screen.js';

/** A command that does not notice that it is to stop is ended after so long, in milliseconds. */
const GRACE_MS = 700;
/** One that has noticed may take so long to keep what it has, unless it says otherwise. */
const SAVING_MS = 3000;

/** What a failed write to standard output means: the exit code, and a word about it unless a reader closed the pipe (`| head`). */
export function outputLost(error: NodeJS.ErrnoException, stderr: Pick<Io['stderr'], 'write'>): number {
  if (error.code === 'EPIPE') return 0;
  stderr.write(
    `error: cannot write to standard output (${error.code ?? error.message}): what was printed is incomplete\n`,
  );
  return 1;
}

/**
 * The `routeprofile` command on this process. The command runs in a thread of its own, so that this one always hears Ctrl-C: the
 * first asks the command to stop and keep what it has, and ends it if it is deep in a computation; what is finished lies on
 * disk by then. The second ends at once.
 * @param argv arguments after the program's name
 * @returns the exit code
 */
export async function main(argv: readonly string[]): Promise<number> {
  const { stdin, stdout, stderr } = process;
  const shared = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * Object.keys(SHARED).length));
  const measure = () => {
    Atomics.store(shared, SHARED.stdoutColumns, stdout.columns ?? 0);
    Atomics.store(shared, SHARED.stderrColumns, stderr.columns ?? 0);
  };
  measure();
  const task: CommandTask = { argv, shared, terminals: { stdout: stdout.isTTY, stderr: stderr.isTTY } };
  const command = new Worker(entryFile('command-worker'), { workerData: task, stdin: true });

  let interrupted = interruptedText();
  let timer: NodeJS.Timeout | undefined;
  const endWithin = (milliseconds: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      void screenOf(stderr).print(interrupted);
      process.exit(130);
    }, milliseconds);
  };
  const stop = () => {
    if (Atomics.exchange(shared, SHARED.stop, 1) === 1) process.exit(130);
    command.postMessage('stop' satisfies CommandRequest);
    endWithin(GRACE_MS);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  stdout.on('resize', measure);
  stderr.on('resize', measure);
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(outputLost(error, stderr)));
  // Nowhere is left to say it.
  stderr.on('error', () => undefined);

  let reading = false;
  let saving = SAVING_MS;
  try {
    return await new Promise<number>((resolve) => {
      let code: number | undefined;
      command.on('message', (reply: CommandReply) => {
        if ('code' in reply) code = reply.code;
        else if ('interrupted' in reply) interrupted = reply.interrupted;
        else if ('endsWithin' in reply) saving = reply.endsWithin;
        else if ('stopping' in reply) endWithin(saving);
        else if (command.stdin) {
          reading = true;
          stdin.pipe(command.stdin);
        }
      });
      command.on('error', (error) => {
        void screenOf(stderr).print(`${describeError(error)}\n`);
        code = 1;
      });
      // All that the command has written is here by then.
      command.on('exit', () => resolve(code ?? 1));
    });
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', stop).off('SIGTERM', stop);
    // A terminal that is still open would keep the process alive.
    if (reading) stdin.destroy();
  }
}
