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

/**
 * How requests get to model servers. It follows no redirect, asks for no compression, and gives up when there is no connection within
 * the endpoint's `timeouts.connectMs`; every other clock is the gateway's.
 */
export interface Upstream {
  /**
   * @param signal ends the request at whatever stage it is, its body included
   * @throws UnsentRequest when nothing of the request has been sent; anything else when it may have been
   */
  send(endpoint: Endpoint, request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer>;
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
