import { RouteProfileError } from '@routeprofile/schema';
import { joinBytes } from '../sse/scanner.js';

/** 32 MB: the longest answers that models write are far shorter. */
const MAX_ANSWER_BYTES = 32_000_000;

/** The next piece of a body; undefined at its end. */
export type NextPiece = () => Promise<Uint8Array | undefined>;

/** Reads a body to its end. @throws RouteProfileError LIMIT_EXCEEDED */
export async function readWhole(next: NextPiece, most = MAX_ANSWER_BYTES): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (let piece = await next(); piece !== undefined; piece = await next()) {
    bytes += piece.length;
    if (bytes > most)
      throw new RouteProfileError('LIMIT_EXCEEDED', `the answer has more than ${most} bytes`, {
        hint: 'Ask for a shorter answer.',
      });
    parts.push(piece);
  }
  // A copy where there is one part: responses take no view of memory that may be shared.
  return joinBytes(parts).slice();
}

/** The beginning of a body, as text; the rest is not read. */
export async function readExcerpt(next: NextPiece, most: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for (let piece = await next(); piece !== undefined && bytes < most; piece = await next()) {
    parts.push(piece.subarray(0, most - bytes));
    bytes += piece.length;
  }
  return new TextDecoder().decode(joinBytes(parts));
}
