import { RouteProfileError } from '@routeprofile/schema';
import { joinBytes } from '../sse/scanner.js';

/** 32 MB: the longest answers that models write are far shorter. */
const MAX_ANSWER_BYTES = 32_000_000;

/** The next piece of a body, as its iterator gives it. */
export type NextPiece = () => Promise<IteratorResult<Uint8Array, unknown>>;

/** Reads a body to its end. @throws RouteProfileError LIMIT_EXCEEDED */
export async function readWhole(next: NextPiece, most = MAX_ANSWER_BYTES): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (let piece = await next(); !piece.done; piece = await next()) {
    bytes += piece.value.length;
    if (bytes > most)
      throw new RouteProfileError('LIMIT_EXCEEDED', `the answer has more than ${most} bytes`, {
        hint: 'Ask for a shorter answer.',
      });
    parts.push(piece.value);
  }
  return joinBytes(parts);
}

/** The beginning of a body, as text; the rest is not read. */
export async function readExcerpt(next: NextPiece, most: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (let piece = await next(); !piece.done && bytes < most; piece = await next()) {
    parts.push(piece.value.subarray(0, most - bytes));
    bytes += piece.value.length;
  }
  return new TextDecoder().decode(joinBytes(parts));
}
