import type { Endpoint } from './endpoint.js';

/** What is sent to an endpoint. */
export interface UpstreamRequest {
  /** Below the endpoint's base URL. */
  url: URL;
  /** All of them, the key included. */
  headers: Readonly<Record<string, string>>;
  /** JSON. */
  body: Uint8Array;
}

/** What came back, as soon as status and headers are there. */
export interface UpstreamAnswer {
  status: number;
  headers: Pick<Headers, 'get'>;
  /** As it comes; `return` of its iterator closes the connection. */
  body: AsyncIterable<Uint8Array>;
}

/** The end that a request may be put to before its answer is whole, at whatever stage it is. */
export interface Ending {
  /** Fires at the end. It is made when it is first asked for: to make one costs more than to make all headers. */
  readonly signal: AbortSignal;
  /** The same for whoever needs no signal: runs something once, at the end, or at once where that has come. */
  onEnd(run: () => void): void;
}

/** The end that a signal puts to a request. */
export const endingOf = (signal: AbortSignal): Ending => ({
  signal,
  onEnd(run) {
    if (signal.aborted) run();
    else signal.addEventListener('abort', run, { once: true });
  },
});

/**
 * How requests get to model servers. It follows no redirect, asks for no compression, and gives up when there is no connection within
 * the endpoint's `timeouts.connectMs`; every other clock is the gateway's.
 */
export interface Upstream {
  /**
   * @param ending ends the request at whatever stage it is, its body included
   * @throws UnsentRequest when nothing of the request has been sent; anything else when it may have been
   */
  send(endpoint: Endpoint, request: UpstreamRequest, ending: Ending): Promise<UpstreamAnswer>;
}

const MARK: unique symbol = Symbol.for('routeprofile.unsent') as never;

/** There was no connection, so that the request may be sent again without being paid for twice. */
export class UnsentRequest extends Error {
  override readonly name = 'UnsentRequest';
  readonly [MARK] = true;

  /** True for an UnsentRequest of any copy of this package in the process. */
  static isInstance(value: unknown): value is UnsentRequest {
    return typeof value === 'object' && value !== null && MARK in value;
  }
}
