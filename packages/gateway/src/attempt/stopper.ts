import type { Fault } from '../contracts/fault.js';

/** Thrown out of whatever was awaited when an attempt is stopped. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  constructor(readonly fault: Fault) {
    super(`stopped: ${fault}`);
  }
}

/** Ends an attempt from outside, wherever it stands. */
export interface Stopper {
  /** For the transport. */
  signal: AbortSignal;
  /** Why it was stopped; undefined while it runs. The first reason stays. */
  readonly fault: Fault | undefined;
  stop(fault: Fault): void;
  /** What a promise gives, unless the attempt is stopped first. One promise at a time. @throws Stopped */
  race<T>(promise: Promise<T>): Promise<T>;
}

/** A transport may take no notice of its signal; whoever awaits it through `race` is free all the same. */
export function createStopper(): Stopper {
  const controller = new AbortController();
  let fault: Fault | undefined;
  let reject: ((reason: Stopped) => void) | undefined;
  return {
    signal: controller.signal,
    get fault() {
      return fault;
    },
    stop(reason) {
      if (fault !== undefined) return;
      fault = reason;
      reject?.(new Stopped(reason));
      controller.abort();
    },
    race: (promise) =>
      new Promise((resolve, fail) => {
        reject = fail;
        promise.then(resolve, fail);
        if (fault !== undefined) fail(new Stopped(fault));
      }),
  };
}
