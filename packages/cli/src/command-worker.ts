import { setMaxListeners } from 'node:events';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { SHARED, type CommandReply, type CommandTask } from './command-messages.js';
import type { Io } from './io.js';
import { runProgram } from './program.js';
import type { Sink } from './ui/screen.js';

/** The thread of `main` that runs one command. */

/**
 * A signal that is seen at once, even in a loop that never lets the event loop run: `aborted` reads the shared memory. Listeners
 * are called when the event loop gets its turn.
 */
function sharedSignal(shared: CommandTask['shared'], port: MessagePort): AbortSignal {
  const controller = new AbortController();
  // Every call in flight listens, and there may be many.
  setMaxListeners(0, controller.signal);
  port.once('message', () => {
    port.postMessage({ stopping: true } satisfies CommandReply);
    controller.abort();
  });
  return Object.defineProperty(controller.signal, 'aborted', { get: () => Atomics.load(shared, SHARED.stop) === 1 });
}

function sinkOf(name: 'stdout' | 'stderr', { shared, terminals }: CommandTask): Sink {
  const place = name === 'stdout' ? SHARED.stdoutColumns : SHARED.stderrColumns;
  return {
    write: (text, written) => process[name].write(text, written),
    isTTY: terminals[name],
    get columns() {
      return Atomics.load(shared, place) || undefined;
    },
  };
}

/** Standard input, asked for when it is first read. */
async function* inputOf(port: MessagePort, input: { read: boolean }): AsyncGenerator<Uint8Array> {
  input.read = true;
  port.postMessage({ readsInput: true } satisfies CommandReply);
  yield* process.stdin as AsyncIterable<Uint8Array>;
}

const flushed = (name: 'stdout' | 'stderr') => new Promise<void>((resolve) => process[name].write('', () => resolve()));

async function serve(port: MessagePort, task: CommandTask): Promise<void> {
  const input = { read: false };
  const io: Io = {
    stdout: sinkOf('stdout', task),
    stderr: sinkOf('stderr', task),
    stdin: inputOf(port, input),
    signal: sharedSignal(task.shared, port),
    interrupted: (text) => port.postMessage({ interrupted: text } satisfies CommandReply),
    endsWithin: (milliseconds) => port.postMessage({ endsWithin: milliseconds } satisfies CommandReply),
  };
  const code = await runProgram(task.argv, io);
  port.postMessage({ code } satisfies CommandReply);
  port.close();
  if (!input.read) return;
  // Input that was not read to its end would keep this thread alive for ever.
  await Promise.all([flushed('stdout'), flushed('stderr')]);
  process.exit();
}

// What starts this thread is our own main thread; `runProgram` never throws.
if (parentPort) void serve(parentPort, workerData as CommandTask);
