import type { Dispatcher } from 'undici';
import type { Ending, UpstreamAnswer, UpstreamRequest } from '../contracts/upstream.js';
import { joinBytes } from '../sse/scanner.js';

type Received = Readonly<Record<string, string | string[] | undefined>>;

/** Bytes that may wait for whoever reads a body, before the server has to wait. */
const WAITING = 65_536;

const END: IteratorResult<Uint8Array, undefined> = { done: true, value: undefined };

/**
 * One answer between a connection that pushes and a reader that pulls: what undici tells of it, and its headers and body for whoever sent the
 * request. One object, as one is made for each request.
 */
class Answer implements Dispatcher.DispatchHandler, UpstreamAnswer, AsyncIterator<Uint8Array, undefined> {
  status = 0;
  readonly body: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => this };
  readonly headers: UpstreamAnswer['headers'] = this;
  private received: Received = {};
  private controller: Dispatcher.DispatchController | undefined;
  private waiting: Uint8Array[] = [];
  private bytes = 0;
  private over = false;
  private failure: Error | undefined;
  private stopped: Error | undefined;
  private wake: ((one: IteratorResult<Uint8Array, undefined>) => void) | undefined;
  private fail: ((error: Error) => void) | undefined;

  constructor(
    private readonly begun: (answer: UpstreamAnswer) => void,
    private readonly failed: (error: Error) => void,
  ) {}

  // Of undici.
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.stopped) controller.abort(this.stopped);
  }
  onResponseStart(_: Dispatcher.DispatchController, status: number, received: Received): void {
    // Interim answers such as 103 come before the one that counts.
    if (status < 200) return;
    this.status = status;
    this.received = received;
    this.begun(this);
  }
  onResponseData(_: Dispatcher.DispatchController, piece: Uint8Array): void {
    if (this.over) return;
    this.waiting.push(piece);
    this.bytes += piece.length;
    if (this.bytes >= WAITING) this.controller?.pause();
    // What came in one go is given in one piece: each costs as much as a long one.
    if (this.waiting.length === 1 && this.wake) queueMicrotask(() => this.hand());
  }
  onResponseEnd(): void {
    this.over = true;
    if (this.waiting.length === 0) this.hand();
  }
  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.failure ??= error;
    this.over = true;
    if (this.waiting.length === 0) this.hand();
    this.failed(error);
  }

  // Of whoever sent the request.
  stop(reason: Error): void {
    this.stopped = reason;
    if (!this.over) this.controller?.abort(reason);
  }
  get(name: string): string | null {
    const value = this.received[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : (value ?? null);
  }
  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    return new Promise((resolve, reject) => {
      this.wake = resolve;
      this.fail = reject;
      this.hand();
    });
  }
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (!this.over) {
      this.over = true;
      this.waiting.length = 0;
      this.controller?.abort(new Error('nobody reads the answer'));
      this.hand();
    }
    return Promise.resolve(END);
  }

  /** Gives what there is to whoever waits for it. */
  private hand(): void {
    const { wake, fail } = this;
    if (wake === undefined || fail === undefined) return;
    if (this.waiting.length === 0 && !this.over) return;
    this.wake = this.fail = undefined;
    if (this.waiting.length > 0) {
      const value = joinBytes(this.waiting);
      this.waiting.length = this.bytes = 0;
      if (this.controller?.paused) this.controller.resume();
      wake({ done: false, value });
    } else if (this.failure) fail(this.failure);
    else wake(END);
  }
}

/** Where a request goes. */
export interface Target {
  dispatcher: Dispatcher;
  /** With what follows it in the address. */
  path: string;
}

/**
 * One request by undici's own events: its streams for Node cost more than all else that is done for a request.
 * @param explained what is thrown for an error of the connection
 * @throws what the connection throws, or that the request was ended
 */
export const sendBy = (
  { dispatcher, path }: Target,
  { headers, body }: Omit<UpstreamRequest, 'url'>,
  ending: Ending,
  explained: (error: Error) => Error,
): Promise<UpstreamAnswer> =>
  new Promise((resolve, reject) => {
    const answer = new Answer(resolve, (error) => reject(explained(error)));
    ending.onEnd(() => {
      const stopped = new Error('the request was ended');
      answer.stop(stopped);
      reject(stopped);
    });
    dispatcher.dispatch({ method: 'POST', path, headers, body }, answer);
  });
