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

export interface Logger {
  info(message: string): void;
  warn(message: string): void;
}

/** What every long step is given: its seed, a way to be stopped, and whom to tell. Libraries never print. */
export interface RunContext {
  /** A non-negative safe integer. Every random step derives its own stream from it (see `createRandom`). */
  seed: number;
  signal?: AbortSignal;
  onProgress?(progress: Progress): void;
  logger?: Logger;
}

/** @throws RouteProfileError ABORTED once the context's signal has fired. */
export function throwIfAborted(ctx: Pick<RunContext, 'signal'> | undefined): void {
  if (ctx?.signal?.aborted)
    throw new RouteProfileError('ABORTED', 'interrupted', {
      cause: ctx.signal.reason,
      hint: 'Run the same command again to go on.',
    });
}
