import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { RouteProfileError, messageOf } from '@routeprofile/schema';

/** The thread is gone, or was ended because nothing was heard of it; the message is a verb phrase about it. */
export class ThreadLost extends Error {
  override readonly name = 'ThreadLost';
  /** Ended for its silence: it may only have needed longer. */
  readonly silent: boolean;

  constructor(message: string, silent = false) {
    super(message);
    this.silent = silent;
  }
}

export interface AskOptions {
  /** Seconds without any message after which the thread counts as hanging. Without it, it may take its time. */
  silence?: number;
  signal?: AbortSignal;
}

export interface Thread<Message> {
  /**
   * Sends a request, if any, and waits for the message that `answer` accepts; every other message goes by.
   * @throws ThreadLost when the thread ends, crashes or hangs (it is ended then); RouteProfileError ABORTED
   */
  ask<T>(request: unknown, answer: (message: Message) => T | undefined, options?: AskOptions): Promise<T>;
  end(): Promise<void>;
}

/** A built entry beside this package's own package.json, also when this runs from source. */
function entryFile(entry: string): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('@routeprofile/pipeline/package.json')), 'dist', `${entry}.js`);
}

/**
 * A worker thread for code that may not come back: a loop that never ends, `process.exit` and an exception from nowhere cost this
 * thread, not the process. What it prints goes to `onLine`, not to standard output, which belongs to results.
 */
export function openThread<Message>(entry: string, data: unknown, onLine?: (line: string) => void): Thread<Message> {
  const worker = new Worker(entryFile(entry), { workerData: data, stdout: true, stderr: true });
  for (const stream of [worker.stdout, worker.stderr])
    createInterface({ input: stream }).on('line', (line) => onLine?.(line));
  let lost: ThreadLost | undefined;
  const lose = (reason: string, silent = false) => (lost ??= new ThreadLost(reason, silent));
  // Heard by whoever asks; without a listener here an exception in the thread would end the process.
  worker.on('error', (error: unknown) => lose(`crashed: ${messageOf(error)}`));
  worker.on('exit', (code) => lose(`ended its thread with exit code ${code}`));

  const ask = async <T>(
    request: unknown,
    answer: (message: Message) => T | undefined,
    { silence, signal }: AskOptions = {},
  ): Promise<T> => {
    const cleanup: (() => void)[] = [];
    try {
      return await new Promise<T>((resolve, reject) => {
        if (lost) return reject(lost);
        let timer: NodeJS.Timeout | undefined;
        if (silence !== undefined) {
          timer = setTimeout(() => reject(lose(`gave no sign of life for ${silence} s`, true)), silence * 1000);
          cleanup.push(() => clearTimeout(timer));
        }
        const hear = (message: Message) => {
          timer?.refresh();
          try {
            const found = answer(message);
            if (found !== undefined) resolve(found);
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        };
        // Called after the listeners above, which have set `lost` by then.
        const mourn = () => reject(lost ?? new ThreadLost('ended'));
        const abort = () => reject(new RouteProfileError('ABORTED', 'interrupted'));
        worker.on('message', hear).on('error', mourn).on('exit', mourn);
        signal?.addEventListener('abort', abort);
        cleanup.push(() => {
          worker.off('message', hear).off('error', mourn).off('exit', mourn);
          signal?.removeEventListener('abort', abort);
        });
        if (signal?.aborted) return abort();
        if (request !== undefined) worker.postMessage(request);
      });
    } catch (error) {
      if (error instanceof ThreadLost) await worker.terminate();
      throw error;
    } finally {
      for (const undo of cleanup) undo();
    }
  };
  return { ask, end: async () => void (await worker.terminate()) };
}
