import { Worker } from 'node:worker_threads';
import { RouteProfileError } from '@routeprofile/schema';
import { countTokens } from '../use-lite/batches.js';
import type { BatchRunner } from '../use-lite/run-batches.js';

/** Windows of one batch, one after another. */
export interface WorkerTask {
  id: number;
  tokens: Int32Array;
  /** Tokens of each window. */
  lengths: readonly number[];
}

export type WorkerReply = { id: number; vectors: Float32Array } | { id: number; error: string };

/** Threads that each hold a model; they start when first needed and keep no process alive while idle. */
export interface WorkerPool {
  /** That many runners, at most the pool's size. */
  runners(count: number): BatchRunner[];
  dispose(): Promise<void>;
}

interface Waiting {
  resolve(vectors: Float32Array): void;
  reject(error: unknown): void;
}

/** @param entry the built worker file */
export function createWorkerPool(entry: URL): WorkerPool {
  const threads: ReturnType<typeof startThread>[] = [];
  return {
    runners(count) {
      // A thread that died (out of memory, say) is replaced by the next call.
      for (let i = 0; i < count; i++) if (!threads[i]?.alive()) threads[i] = startThread(entry);
      return threads.slice(0, count).map((thread) => thread.run);
    },
    async dispose() {
      await Promise.all(threads.splice(0).map((thread) => thread.stop()));
    },
  };
}

function startThread(entry: URL) {
  const worker = new Worker(entry, { execArgv: [] });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let dead: Error | undefined;
  worker.unref();

  const settle = (id: number, how: (task: Waiting) => void) => {
    const task = waiting.get(id);
    if (!task) return;
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    how(task);
  };
  const end = (error: RouteProfileError) => {
    dead ??= error;
    for (const id of [...waiting.keys()]) settle(id, (task) => task.reject(dead));
  };
  const die = (why: string, cause?: unknown) =>
    end(
      new RouteProfileError('ENCODER_FAILED', `use-lite: an encoding thread ended: ${why}`, {
        hint: 'If memory is short, set ROUTEPROFILE_THREADS=1.',
        cause,
      }),
    );
  worker.on('message', (reply: WorkerReply) =>
    settle(reply.id, (task) =>
      'vectors' in reply
        ? task.resolve(reply.vectors)
        : task.reject(new RouteProfileError('ENCODER_FAILED', `use-lite: ${reply.error}`)),
    ),
  );
  worker.on('error', (error) => die(error.message, error));
  worker.on('exit', (code) => die(`exit code ${code}`));

  const run: BatchRunner = (windows) =>
    new Promise((resolve, reject) => {
      if (dead) {
        reject(dead);
        return;
      }
      const lengths = windows.map(({ length }) => length);
      const tokens = new Int32Array(countTokens(windows));
      let at = 0;
      for (const window of windows) {
        tokens.set(window, at);
        at += window.length;
      }
      const task: WorkerTask = { id: nextId++, tokens, lengths };
      waiting.set(task.id, { resolve, reject });
      worker.ref();
      worker.postMessage(task, [tokens.buffer]);
    });
  const stop = () => {
    end(
      new RouteProfileError('ENCODER_FAILED', 'use-lite: the encoder was disposed of while it encoded', {
        hint: 'Call dispose() once every call of encode() has ended.',
      }),
    );
    return worker.terminate();
  };
  return { run, alive: () => dead === undefined, stop };
}
