import { sha256 } from '@routeprofile/data';

/**
 * A pack: vectors of one encoder in one immutable file. Little-endian:
 *
 *     8 bytes     'RPPACK' 0x00 0x01
 *     uint32      dimensions d
 *     uint32      entries n
 *     32 bytes    SHA-256 of the vectors
 *     n × 32      keys: SHA-256 of what was encoded
 *     32 bytes    SHA-256 of the encoder's id and of everything above
 *     n × d × 4   float32 vectors
 *
 * The keys can be checked and read without the vectors, so that opening a large cache is quick.
 */
export interface PackIndex {
  dimensions: number;
  entries: number;
  /** Keys in row order, as `keyText` gives them. */
  keys: string[];
  vectorsHash: Buffer;
  /** Where the vectors begin, in bytes. */
  offset: number;
}

const MAGIC = Buffer.from('RPPACK\0\x01', 'latin1');
const HASH_BYTES = 32;
const HEAD_BYTES = MAGIC.length + 8 + HASH_BYTES;

/** A 32-byte key as a compact string for maps. */
export const keyText = (key: Uint8Array): string => Buffer.from(key).toString('latin1');

const indexBytes = (entries: number): number => HEAD_BYTES + entries * HASH_BYTES + HASH_BYTES;
export const packBytes = (entries: number, dimensions: number): number =>
  indexBytes(entries) + entries * dimensions * 4;

/** @param entries key (from `keyText`) → vector of `dimensions` numbers */
export function writePack(encoderId: string, dimensions: number, entries: ReadonlyMap<string, Float32Array>): Buffer {
  const bytes = Buffer.alloc(packBytes(entries.size, dimensions));
  const start = indexBytes(entries.size);
  let row = 0;
  for (const [key, vector] of entries) {
    bytes.write(key, HEAD_BYTES + row * HASH_BYTES, 'latin1');
    for (let d = 0; d < dimensions; d++) bytes.writeFloatLE(vector[d]!, start + 4 * (row * dimensions + d));
    row++;
  }
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(dimensions, MAGIC.length);
  bytes.writeUInt32LE(entries.size, MAGIC.length + 4);
  bytes.set(sha256(bytes.subarray(start)), MAGIC.length + 8);
  bytes.set(sha256(encoderId, '\0', bytes.subarray(0, start - HASH_BYTES)), start - HASH_BYTES);
  return bytes;
}

/** How much of a file its index takes, told by its first bytes; undefined when they are not those of a pack. */
export function indexLength(head: Uint8Array): number | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.length < HEAD_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  return indexBytes(bytes.readUInt32LE(MAGIC.length + 4));
}
export const PACK_HEAD_BYTES = HEAD_BYTES;

/**
 * The index of a pack.
 * @param bytes the file's first `indexLength` bytes
 * @param fileBytes size of the whole file
 * @returns what is wrong, as a string, when it is damaged or of another encoder
 */
export function readPackIndex(encoderId: string, bytes: Buffer, fileBytes: number): PackIndex | string {
  const offset = indexLength(bytes);
  if (offset === undefined) return 'it is not a pack';
  const dimensions = bytes.readUInt32LE(MAGIC.length);
  const entries = bytes.readUInt32LE(MAGIC.length + 4);
  if (bytes.length < offset || fileBytes !== packBytes(entries, dimensions))
    return `it has ${fileBytes} bytes, ${entries} vectors of ${dimensions} numbers take ${packBytes(entries, dimensions)}`;
  const hash = sha256(encoderId, '\0', bytes.subarray(0, offset - HASH_BYTES));
  if (!bytes.subarray(offset - HASH_BYTES, offset).equals(hash)) return 'its index does not match its checksum';
  const keys = Array.from({ length: entries }, (_, row) =>
    bytes.toString('latin1', HEAD_BYTES + row * HASH_BYTES, HEAD_BYTES + (row + 1) * HASH_BYTES),
  );
  return {
    dimensions,
    entries,
    keys,
    offset,
    vectorsHash: Buffer.from(bytes.subarray(MAGIC.length + 8, HEAD_BYTES)),
  };
}

/**
 * All vectors of a pack, [entries × dimensions].
 * @returns undefined when they do not match the index's checksum
 */
export function readPackVectors(index: PackIndex, bytes: Buffer): Float32Array | undefined {
  if (bytes.length !== index.entries * index.dimensions * 4 || !index.vectorsHash.equals(sha256(bytes)))
    return undefined;
  const out = new Float32Array(index.entries * index.dimensions);
  for (let i = 0; i < out.length; i++) out[i] = bytes.readFloatLE(4 * i);
  return out;
}
