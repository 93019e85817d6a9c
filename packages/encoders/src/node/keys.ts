import { sha256 } from '@routeprofile/data';

const keyOf = (...parts: readonly (string | Uint8Array)[]): Buffer => Buffer.from(sha256(...parts));

/**
 * SHA-256 of a text's UTF-8. A text with lone surrogates has no UTF-8 of its own (they all become U+FFFD), so its
 * UTF-16 is hashed instead.
 */
export const textKey = (text: string): Buffer =>
  /\p{Surrogate}/u.test(text) ? keyOf('utf-16\0', Buffer.from(text, 'utf16le')) : keyOf(text);

/** SHA-256 of token ids as little-endian 32-bit integers. */
export function tokensKey(tokens: Int32Array): Buffer {
  const bytes = Buffer.alloc(tokens.length * 4);
  tokens.forEach((token, i) => bytes.writeInt32LE(token, 4 * i));
  return keyOf(bytes);
}
