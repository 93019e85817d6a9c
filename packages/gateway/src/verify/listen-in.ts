import type { LiveStream } from '../attempt/call.js';
import { joinBytes } from '../sse/scanner.js';

/** A stream on its way to a client, and what has gone by. */
export interface ListenedIn {
  live: LiveStream;
  /** All bytes so far; undefined once they were more than the limit. */
  heard: () => Uint8Array | undefined;
}

/** Keeps what a client reads of a stream. @param limit bytes that are kept at most */
export function listenIn(live: LiveStream, limit: number): ListenedIn {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  return {
    live: {
      ended: live.ended,
      leave: () => live.leave(),
      async read() {
        const piece = await live.read();
        if (piece === undefined || bytes > limit) return piece;
        bytes += piece.length;
        // A copy: whoever sends the piece may use its memory again.
        if (bytes > limit) pieces = [];
        else pieces.push(piece.slice());
        return piece;
      },
    },
    heard: () => (bytes > limit ? undefined : joinBytes(pieces)),
  };
}
