import type { Dispatcher } from 'undici';
import type { UpstreamAnswer, UpstreamRequest } from '../contracts/upstream.js';

type Received = Readonly<Record<string, string | string[] | undefined>>;

/** The part of `Headers` that is read, over what undici gives. */
const headersOf = (headers: Received): UpstreamAnswer['headers'] => ({
  get(name) {
    const value = headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : (value ?? null);
  },
});

/** Bytes that may wait for whoever reads a body, before the server has to wait. */
const WAITING = 65_536;

/** The pieces of a body between a connection that pushes and a reader that pulls. */
function createPieces() {
  const waiting: Uint8Array[] = [];
  let bytes = 0;
  let over = false;
  let failure: Error | undefined;
  let controller: Dispatcher.DispatchController | undefined;
  let wake: (() => void) | undefined;

  const woken = () => {
    wake?.();
    wake = undefined;
  };
  const take = (): IteratorResult<Uint8Array, undefined> | undefined => {
    const piece = waiting.shift();
    if (piece !== undefined) {
      bytes -= piece.length;
      if (bytes < WAITING && controller?.paused) controller.resume();
      return { done: false, value: piece };
    }
    if (failure) throw failure;
    return over ? { done: true, value: undefined } : undefined;
  };
  const leave = () => {
    if (over) return;
    over = true;
    waiting.length = 0;
    controller?.abort(new Error('nobody reads the answer'));
  };
  const iterator: AsyncIterator<Uint8Array, undefined> = {
    async next() {
      for (;;) {
        const taken = take();
        if (taken) return taken;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    async return() {
      leave();
      return { done: true, value: undefined };
    },
  };
  return {
    body: { [Symbol.asyncIterator]: () => iterator },
    begin: (of: Dispatcher.DispatchController) => void (controller = of),
    push(piece: Uint8Array) {
      if (over) return;
      waiting.push(piece);
      bytes += piece.length;
      if (bytes >= WAITING) controller?.pause();
      woken();
    },
    end() {
      over = true;
      woken();
    },
    fail(error: Error) {
      failure ??= error;
      over = true;
      woken();
    },
  };
}

/**
 * One request by undici's own events: its streams for Node cost more than all else that is done for a request.
 * @throws what the connection throws, or why the signal was fired
 */
export function sendBy(
  dispatcher: Dispatcher,
  { url, headers, body }: UpstreamRequest,
  signal: AbortSignal,
): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(reasonOf(signal));
    const pieces = createPieces();
    let running: Dispatcher.DispatchController | undefined;
    const abort = () => running?.abort(reasonOf(signal));
    const over = () => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort, { once: true });
    dispatcher.dispatch(
      { method: 'POST', path: `${url.pathname}${url.search}`, headers: { ...headers }, body },
      {
        onRequestStart(controller) {
          running = controller;
          pieces.begin(controller);
          if (signal.aborted) abort();
        },
        onResponseStart(_, status, received) {
          // Interim answers such as 103 come before the one that counts.
          if (status >= 200) resolve({ status, headers: headersOf(received), body: pieces.body });
        },
        onResponseData: (_, piece) => pieces.push(piece),
        onResponseEnd() {
          over();
          pieces.end();
        },
        onResponseError(_, error) {
          over();
          pieces.fail(error);
          reject(error);
        },
      },
    );
  });
}

const reasonOf = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error('stopped', { cause: signal.reason });
