import { RouteProfileError } from './errors.js';

/** Where a long job stands. */
export interface Progress {
  /** What is being done, such as `encode` or `train mlp`. */
  stage: string;
  done: number;
  /** Absent while unknown. */
  total?: number;
  /** What `done` counts: texts, epochs, cells. */
  unit?: string;
  /** A figure worth a glance, such as the current loss. */
  note?: string;
}

/** Whom to tell what a person should read; one line per message, no line break at its end. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
}

/** Keeps what a long step must not lose: answers that cost money, checkpoints. Keys are hashes of all that a value depends on. */
export interface Store {
  get(key: string): Promise<Uint8Array | undefined>;
  set(key: string, value: Uint8Array): Promise<void>;
}

/** What every long step is given: its seed, a way to be stopped, and whom to tell. Libraries never print. */
export interface RunContext {
  /** A non-negative safe integer. Every random step derives its own stream from it (see `createRandom`). */
  seed: number;
  /** Fires when the step is to stop; the step then throws ABORTED. */
  signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  /** Without one nothing is told. */
  logger?: Logger;
  /** Where a long step keeps intermediate results to resume from; without it nothing is kept. */
  store?: Store;
}

/**
 * To be called between the parts of a long step; does nothing without a signal.
 * @throws RouteProfileError ABORTED once the context's signal has fired.
 */
export function throwIfAborted(ctx: Pick<RunContext, 'signal'> | undefined): void {
  if (ctx?.signal?.aborted)
    throw new RouteProfileError('ABORTED', 'interrupted', {
      cause: ctx.signal.reason,
      hint: 'It was asked to stop. Run it again: what it had kept on disk by then, if anything, is used.',
    });
}

/** Lets timers, requests and signals of the process have their turn, within work that would hold the thread. */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    // Node's, which browsers lack: a timer waits for a millisecond at least, as long as what is done between two turns may take.
    const { setImmediate } = globalThis as Partial<Pick<typeof globalThis, 'setImmediate'>>;
    if (setImmediate) setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
