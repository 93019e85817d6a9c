import type { Fault } from '../contracts/fault.js';
import type { Ending } from '../contracts/upstream.js';

/** Thrown out of whatever was awaited when an attempt is stopped. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  constructor(readonly fault: Fault) {
    super(`stopped: ${fault}`);
  }
}

/** Ends an attempt from outside, wherever it stands: the one way in which attempts are ended, whoever wants it. */
export class Stopper implements Ending {
  /** Why it was stopped; undefined while it runs. The first reason stays. */
  fault: Fault | undefined;
  private readonly runs: (() => void)[] = [];
  private controller: AbortController | undefined;
  private reject: ((reason: Stopped) => void) | undefined;

  stop(reason: Fault): void {
    if (this.fault !== undefined) return;
    this.fault = reason;
    this.reject?.(new Stopped(reason));
    for (const run of this.runs) run();
    this.controller?.abort();
  }
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.fault !== undefined) this.controller.abort();
    return this.controller.signal;
  }
  onEnd(run: () => void): void {
    if (this.fault === undefined) this.runs.push(run);
    else run();
  }
  /**
   * What a promise gives, unless the attempt is stopped first: a transport may take no notice of its end, and whoever awaits it is free all the
   * same. One promise at a time.
   * @throws Stopped
   */
  race<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, fail) => {
      this.reject = fail;
      promise.then(resolve, fail);
      if (this.fault !== undefined) fail(new Stopped(this.fault));
    });
  }
}
