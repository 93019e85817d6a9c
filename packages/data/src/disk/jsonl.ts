import { createReadStream } from 'node:fs';
import { RouteProfileError, throwIfAborted } from '@routeprofile/schema';
import { parseJson } from './json.js';
import { decodeText, readError, sizeOfRegularFile } from './read.js';

/** Limits of `readJsonLines`, and who watches it. */
export interface ReadLinesOptions {
  /** How messages name the file; default its path. */
  label?: string;
  /** Longest line in bytes; default 64 MiB. */
  maxLineBytes?: number;
  signal?: AbortSignal;
  /** Sees every chunk as it is read, for hashing. */
  onBytes?(chunk: Uint8Array): void;
}

export interface TextLine {
  /** 1-based. */
  line: number;
  text: string;
}

/** A line of a JSON-lines file, parsed. Lines count from 1. */
export interface JsonLine {
  line: number;
  value: unknown;
}

const NEWLINE = 10;

/** Non-blank lines of a UTF-8 file, one at a time, in constant memory. Throws as `readJsonLines`. */
export async function* readTextLines(path: string, options: ReadLinesOptions = {}): AsyncGenerator<TextLine> {
  const { label = path, maxLineBytes = 64 * 2 ** 20 } = options;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let line = 0;

  const take = (tail: Uint8Array): TextLine | null => {
    line++;
    const bytes = pending.length === 0 ? tail : Buffer.concat([...pending, tail]);
    pending = [];
    pendingBytes = 0;
    const text = decodeText(bytes, `${label}: line ${line}`);
    return text.trim() === '' ? null : { line, text };
  };

  await sizeOfRegularFile(path, label);
  try {
    const stream = createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
    for await (const chunk of stream) {
      throwIfAborted(options);
      options.onBytes?.(chunk);
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        const next = take(chunk.subarray(start, end));
        if (next !== null) yield next;
        start = end + 1;
      }
      pending.push(chunk.subarray(start));
      pendingBytes += chunk.length - start;
      if (pendingBytes > maxLineBytes)
        throw new RouteProfileError(
          'LIMIT_EXCEEDED',
          `${label}: line ${line + 1} is longer than ${maxLineBytes} bytes`,
          {
            hint: 'JSON lines hold one row per line; is this file JSON lines?',
          },
        );
    }
  } catch (cause) {
    throw RouteProfileError.isInstance(cause) ? cause : readError(label, cause);
  }
  const last = pendingBytes > 0 ? take(new Uint8Array(0)) : null;
  if (last !== null) yield last;
}

/**
 * The values of a JSON-lines file, one at a time; blank lines are skipped.
 * @throws RouteProfileError MISSING_FILE, CORRUPT_FILE (a line cut short), BAD_INPUT (a line that is not JSON or not UTF-8),
 * LIMIT_EXCEEDED, ABORTED; the message names file, line and column.
 */
export async function* readJsonLines(path: string, options: ReadLinesOptions = {}): AsyncGenerator<JsonLine> {
  for await (const { line, text } of readTextLines(path, options))
    yield { line, value: parseJson(text, options.label ?? path, line) };
}
