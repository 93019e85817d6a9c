import type { LiveStream } from '../attempt/call.js';
import { leavingOf } from '../attempt/leaving.js';
import { joinBytes } from '../sse/scanner.js';
import { BodyTooLong, isLive, type Exchange, type Reply } from './exchange.js';

/** Reads a stream of bytes to its end. @param limit bytes at most @throws BodyTooLong */
export async function readUpTo(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joinBytes(parts);
    bytes += value.length;
    if (bytes > limit) {
      void reader.cancel().catch(() => {});
      throw new BodyTooLong();
    }
    parts.push(value);
  }
}

/** A request of the web's standard, as the gateway reads it. */
export function exchangeOf(request: Request): Exchange {
  const { pathname, searchParams } = new URL(request.url);
  return {
    method: request.method,
    path: pathname,
    search: searchParams,
    headers: request.headers,
    leaving: leavingOf(request.signal),
    signal: request.signal,
    read: async (limit) => (request.body === null ? new Uint8Array() : readUpTo(request.body, limit)),
  };
}

/** Bytes of a stream as its reader asks for them, so that a slow client slows the server down. */
const streamBody = (live: LiveStream): ReadableStream<Uint8Array> =>
  new ReadableStream(
    {
      async pull(controller) {
        const piece = await live.read();
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
      cancel: () => live.leave(),
    },
    { highWaterMark: 0 },
  );

/** A reply of the gateway, as a response of the web's standard. */
export const responseOf = ({ status, headers, body }: Reply): Response => {
  // A copy, as responses take no view of memory that may be shared.
  const own = isLive(body) ? streamBody(body) : typeof body === 'string' ? body : body.slice();
  return new Response(own, { status, headers: { ...headers } });
};
