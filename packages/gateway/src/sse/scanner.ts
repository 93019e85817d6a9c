import { RouteProfileError } from '@routeprofile/schema';

/** One event of a stream, as the HTML standard reads it. */
export interface ServerSentEvent {
  /** Its `event` field; empty where it has none. */
  name: string;
  /** Its `data` fields, a line break between them. */
  data: string;
}

/** Bytes up to the end of an event or of a comment, as they came, and what they say. */
export interface Frame {
  bytes: Uint8Array;
  /** Absent for comments and other blocks without data, which the standard ignores. */
  event?: ServerSentEvent;
}

/** Reads a stream of server-sent events piece by piece; see `createEventScanner`. */
export interface EventScanner {
  /** @returns the frames that this piece completes @throws RouteProfileError LIMIT_EXCEEDED */
  push(piece: Uint8Array): Frame[];
  /** What has come behind the last frame: not empty where the stream ended within an event, which then is none. */
  rest(): Uint8Array;
}

/** 1 MB: room for a picture in one event. */
export const MAX_EVENT_BYTES = 1_000_000;

const LF = 10;
const CR = 13;
const decoder = new TextDecoder();

/**
 * Cuts a stream into its events without changing a byte: the bytes of all frames and the rest, one after the other, are the stream.
 * Lines end in LF, CR or CRLF, wherever the pieces are cut.
 * @param maxEventBytes bytes of one event, with its comments. Default 1,000,000.
 */
export function createEventScanner(maxEventBytes = MAX_EVENT_BYTES): EventScanner {
  const kept: Uint8Array[] = [];
  let keptBytes = 0;
  /** Whether the line has held no byte so far. */
  let lineEmpty = true;
  /** Whether the byte before was a CR, of which an LF is a part. */
  let afterReturn = false;

  const take = (part: Uint8Array): Uint8Array => {
    if (kept.length === 0) return part;
    const whole = joinBytes([...kept, part]);
    kept.length = 0;
    keptBytes = 0;
    return whole;
  };

  return {
    push(piece) {
      const frames: Frame[] = [];
      let from = 0;
      // Nearly all streams end their lines in LF alone, and it is the platform that finds those fastest.
      const returns = afterReturn || piece.includes(CR);
      const text = asciiOf(piece);
      for (let i = 0; i < piece.length; i++) {
        if (!returns && !(lineEmpty && piece[i] === LF)) {
          const end = piece.indexOf(LF, i);
          lineEmpty = end >= 0;
          if (end < 0) break;
          i = end;
          continue;
        }
        const byte = piece[i]!;
        const partOfReturn = afterReturn && byte === LF;
        afterReturn = byte === CR;
        if (partOfReturn) continue;
        if (byte !== LF && byte !== CR) {
          lineEmpty = false;
          continue;
        }
        if (!lineEmpty) {
          lineEmpty = true;
          continue;
        }
        // The LF of a CRLF belongs to the frame if it is there; otherwise it begins the next one, as it must not be waited for.
        if (byte === CR && piece[i + 1] === LF) {
          i++;
          afterReturn = false;
        }
        assertSize(keptBytes + i + 1 - from, maxEventBytes);
        const own = kept.length === 0 ? text?.slice(from, i + 1) : undefined;
        frames.push(frameOf(take(piece.subarray(from, i + 1)), own));
        from = i + 1;
      }
      if (from < piece.length) {
        kept.push(piece.subarray(from));
        keptBytes += piece.length - from;
        assertSize(keptBytes, maxEventBytes);
      }
      return frames;
    },
    rest: () => joinBytes(kept),
  };
}

/** Bytes that are characters of ASCII, as text, so that each byte is one character; undefined for others. */
function asciiOf(bytes: Uint8Array): string | undefined {
  const text = decoder.decode(bytes);
  return text.length === bytes.length && !text.includes(REPLACED) ? text : undefined;
}
/** Stands for bytes that are not UTF-8. */
const REPLACED = '\ufffd';

/** Parts that lie side by side, as pieces of one do, as one part without a copy; undefined where they do not. */
function sideBySide(parts: readonly Uint8Array[]): Uint8Array | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  let end = first.byteOffset;
  for (const part of parts) {
    if (part.buffer !== first.buffer || part.byteOffset !== end) return undefined;
    end += part.length;
  }
  return new Uint8Array(first.buffer, first.byteOffset, end - first.byteOffset);
}

/** All parts, one after the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const joined = sideBySide(parts);
  if (joined !== undefined) return joined;
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function assertSize(bytes: number, most: number): void {
  if (bytes > most)
    throw new RouteProfileError('LIMIT_EXCEEDED', `an event of the stream has more than ${most} bytes`, {
      hint: 'The server may not speak server-sent events; look at its base URL.',
    });
}

/** @param text what the bytes say, where that is known */
function frameOf(bytes: Uint8Array, text = decoder.decode(bytes)): Frame {
  const event = eventOf(text);
  return event ? { bytes, event } : { bytes };
}

/** What a block of lines says; a decoder has taken a byte order mark away. */
function eventOf(block: string): ServerSentEvent | undefined {
  // One line of data, as nearly all events are.
  const plain = block.startsWith('data: ') && block.indexOf('\n') === block.length - 2 && !block.includes('\r');
  if (plain) return { name: '', data: block.slice(6, -2) };
  let name = '';
  let data: string | undefined;
  for (const line of block.split(/\r\n|\r|\n/)) {
    const colon = line.indexOf(':');
    if (colon === 0) continue;
    const field = colon < 0 ? line : line.slice(0, colon);
    if (field !== 'data' && field !== 'event') continue;
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') name = value;
    else data = data === undefined ? value : `${data}\n${value}`;
  }
  return data === undefined ? undefined : { name, data };
}
