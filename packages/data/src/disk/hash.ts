import { createHash, type Hash } from 'node:crypto';

/** SHA-256 of what arrives piece by piece. */
export const openSha256 = (): Hash => createHash('sha256');

/** SHA-256 of bytes and texts (their UTF-8) one after the other: 32 bytes. */
export const sha256 = (...parts: readonly (string | Uint8Array)[]): Uint8Array =>
  parts.reduce<Hash>((hash, part) => hash.update(part), openSha256()).digest();

/** SHA-256 of bytes, whole or in pieces, as 64 hexadecimal digits. */
export const hashBytes = (bytes: Uint8Array | readonly Uint8Array[]): string =>
  [bytes]
    .flat()
    .reduce<Hash>((hash, piece) => hash.update(piece), openSha256())
    .digest('hex');

/** SHA-256 of the text's UTF-8 bytes, as 64 hexadecimal digits. */
export const hashText = (text: string): string => openSha256().update(text).digest('hex');

/** Keys in the order in which `JSON.stringify` gives those of an object filled in sorted order: indices first. */
function sortedKeys(value: object): string[] {
  const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : 1));
  return Object.keys(Object.fromEntries(keys.map((key) => [key, null])));
}

/** JSON text piece by piece, keys sorted at every level, so that equal values give equal texts. */
function* canonicalJson(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) {
    yield JSON.stringify(value) ?? 'null';
    return;
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      yield i === 0 ? '[' : ',';
      yield* canonicalJson(value[i]);
    }
    yield value.length === 0 ? '[]' : ']';
    return;
  }
  const record = value as Record<string, unknown>;
  let separator = '{';
  for (const key of sortedKeys(value)) {
    if (record[key] === undefined) continue;
    yield `${separator}${JSON.stringify(key)}:`;
    yield* canonicalJson(record[key]);
    separator = ',';
  }
  yield separator === '{' ? '{}' : '}';
}

const FLUSH_AT = 1 << 16;

/** SHA-256 of a JSON value, whatever the order of its keys; its text is never held as a whole. */
export function hashJson(value: unknown): string {
  if (value === undefined) return hashText('undefined');
  const hash = openSha256();
  let buffer = '';
  for (const piece of canonicalJson(value)) {
    buffer += piece;
    if (buffer.length < FLUSH_AT) continue;
    hash.update(buffer, 'utf8');
    buffer = '';
  }
  return hash.update(buffer, 'utf8').digest('hex');
}
