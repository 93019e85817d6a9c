import type { LiveStream } from '../attempt/call.js';
import type { Leaving } from '../attempt/leaving.js';

/** Headers of a request; names in lower case. */
export interface HeaderReader extends Pick<Headers, 'get' | 'has'> {
  forEach(visit: (value: string, name: string) => void): void;
}

/** A request as the gateway reads it, whichever door it came through. */
export interface Exchange {
  readonly method: string;
  /** Of its address, such as `/v1/models`. */
  readonly path: string;
  readonly search: URLSearchParams;
  readonly headers: HeaderReader;
  readonly leaving: Leaving;
  /** The same for whoever takes a signal. */
  readonly signal: AbortSignal;
  /**
   * The body, once.
   * @param limit bytes at most
   * @throws BodyTooLong, or what broke it off
   */
  read(limit: number): Promise<Uint8Array>;
}

/** Thrown for a body that has more bytes than it may. */
export class BodyTooLong extends Error {
  override readonly name = 'BodyTooLong';
}

/** What the client gets: whole, or as it comes. */
export interface Reply {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array | LiveStream;
}

/** Whether a reply goes on for a while. */
export const isLive = (body: Reply['body']): body is LiveStream => typeof body === 'object' && 'leave' in body;
