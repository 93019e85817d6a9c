import { readServerError } from '@routeprofile/providers';
import { RouteProfileError } from '@routeprofile/schema';
import { classifyError } from '../classify.js';
import type { Fault } from '../contracts/fault.js';
import { createEventScanner, MAX_EVENT_BYTES, type Frame } from '../sse/scanner.js';
import type { StreamReader, WireFormat } from '../wire/format.js';
import type { NextPiece } from './read-whole.js';

/** Bytes that are held back at most before content. */
const MOST_HELD = MAX_EVENT_BYTES;

const encoder = new TextEncoder();

/** A fault that the stream itself shows. */
export interface StreamFault {
  fault: Fault;
  /** What the server says is wrong; absent where it says nothing. */
  message?: string;
  /** In the form of a refused request's body. */
  body?: string;
}

/** What a piece of a stream comes to. */
export interface Passed {
  /** For the client, in order. */
  bytes: Uint8Array[];
  /** The answer is whole; what follows is nobody's. */
  ended: boolean;
  fault?: StreamFault;
}

/** What is passed on of a stream, and what it means; it holds nothing back itself. */
export interface StreamPasser {
  /** @returns all that a piece completes, up to an end or a fault */
  pass(piece: Uint8Array): Passed;
  /** The stream has no more pieces. */
  close(): Passed;
  readonly reader: StreamReader;
}

const LINE_FEED = Uint8Array.of(10);

/** Whether the last of the bytes is a CR whose LF has yet to come, as the lines before it ended in both. */
const endsInReturn = (bytes: Uint8Array): boolean => bytes.at(-1) === 13 && bytes.includes(10);

/** Reads whole events only, so that a stream that is cut within one can still be ended properly. */
export function createPasser(format: WireFormat, usageWanted: boolean): StreamPasser {
  const scanner = createEventScanner();
  const reader = format.openStream(usageWanted);

  const judge = (frames: readonly Frame[]): Passed => {
    const bytes: Uint8Array[] = [];
    for (const frame of frames) {
      const meaning = frame.event ? reader.read(frame.event) : 'other';
      if (meaning === 'malformed') return { bytes, ended: false, fault: { fault: 'malformed' } };
      if (meaning === 'error') {
        const body = format.errorIn(frame.event?.data ?? '');
        return {
          bytes,
          ended: false,
          fault: { fault: classifyError(body), message: readServerError(body).message, body },
        };
      }
      const instead = frame.event && reader.instead?.();
      if (meaning !== 'ours') bytes.push(instead === undefined ? frame.bytes : encoder.encode(instead));
      if (meaning === 'end') return { bytes: endsInReturn(frame.bytes) ? [...bytes, LINE_FEED] : bytes, ended: true };
    }
    return { bytes, ended: false };
  };

  return {
    reader,
    pass(piece) {
      try {
        return judge(scanner.push(piece));
      } catch (error) {
        // Too long for an event.
        if (RouteProfileError.isInstance(error)) return { bytes: [], ended: false, fault: { fault: 'malformed' } };
        throw error;
      }
    },
    close() {
      const ending = reader.ending();
      if (ending === undefined) return { bytes: [], ended: false, fault: { fault: 'cut' } };
      return { bytes: [encoder.encode(ending)], ended: true };
    },
  };
}

/** A stream that is held back until it has content. */
export type Held = { kind: 'content' | 'ended'; bytes: Uint8Array[] } | { kind: 'fault'; fault: StreamFault };

/**
 * Reads on until there is content, so that a fault before it can still be mended elsewhere: roles, starts and comments of the
 * server that fails are then never seen.
 * @param acceptEmpty an answer without content is one
 */
export async function holdBack(passer: StreamPasser, next: NextPiece, acceptEmpty: boolean): Promise<Held> {
  const bytes: Uint8Array[] = [];
  let held = 0;
  const { state } = passer.reader;
  for (;;) {
    const piece = await next();
    const passed = piece.done ? passer.close() : passer.pass(piece.value);
    bytes.push(...passed.bytes);
    held += passed.bytes.reduce((sum, { length }) => sum + length, 0);
    // Nothing has gone out yet, even if there was content right before it.
    if (passed.fault) return { kind: 'fault', fault: passed.fault };
    if (passed.ended)
      return state.content || state.finish === 'other' || acceptEmpty
        ? { kind: 'ended', bytes }
        : { kind: 'fault', fault: { fault: 'empty' } };
    if (state.content) return { kind: 'content', bytes };
    if (held > MOST_HELD) return { kind: 'fault', fault: { fault: 'malformed' } };
  }
}
