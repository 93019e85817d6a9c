import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * SHA-256 (FIPS 180-4) of texts and numbers one after the other, as 64 hexadecimal digits: a text by its UTF-8, an array by its
 * bytes. Parts are not set apart: hash their lengths too where that matters. The same in Node, browsers and workers, and at once.
 */
export function sha256Hex(...parts: readonly (string | ArrayBufferView)[]): string {
  const hash = sha256.create();
  for (const part of parts)
    hash.update(
      typeof part === 'string' ? utf8ToBytes(part) : new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
    );
  return bytesToHex(hash.digest());
}
