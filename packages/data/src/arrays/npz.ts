import { RouteProfileError, type NamedArray } from '@routeprofile/schema';
import { writeFilesAtomic } from '../disk/files.js';
import { readBytes } from '../disk/read.js';
import { float32Bytes, npyPieces, readNpy, type WritableArray } from './npy.js';
import { MAX_TOTAL_BYTES, unzip, type ZipLimits } from './zip.js';
import { storedZip } from './zip-store.js';

const SUFFIX = '.npy';
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads a `.npz` made here or by `numpy.savez` / `savez_compressed`: array name → float32 array, in file order.
 * @param what how messages name the file
 * @throws RouteProfileError CORRUPT_FILE, LIMIT_EXCEEDED (a zip bomb), UNSUPPORTED, BAD_INPUT (a reserved name).
 */
export function readNpz(bytes: Uint8Array, what: string, limits: ZipLimits = {}): Map<string, NamedArray> {
  const { maxTotalBytes = MAX_TOTAL_BYTES } = limits;
  const out = new Map<string, NamedArray>();
  let made = 0;
  for (const [file, content] of unzip(bytes, what, limits)) {
    const name = file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : file;
    if (RESERVED.has(name) || name === '')
      throw new RouteProfileError(
        'BAD_INPUT',
        `${what}: holds an array named ${JSON.stringify(name)}, which is reserved`,
        {
          hint: 'Rename the array.',
        },
      );
    if (out.has(name)) throw new RouteProfileError('CORRUPT_FILE', `${what}: holds the array ${name} twice`);
    const size = float32Bytes(content, `${what}: ${name}`);
    made += size;
    if (made > maxTotalBytes)
      throw new RouteProfileError(
        'LIMIT_EXCEEDED',
        `${what}: ${name} needs ${size.toLocaleString('en-US')} bytes as float32, all arrays so far ${made.toLocaleString('en-US')}; the limit is ${maxTotalBytes.toLocaleString('en-US')}`,
        { hint: 'Save fewer or smaller arrays in the file.' },
      );
    out.set(name, readNpy(content, `${what}: ${name}`));
  }
  return out;
}

/**
 * Arrays as an uncompressed `.npz`, as `numpy.savez` writes, in pieces: the numbers are not copied. The same arrays give the same bytes.
 * @param what how messages name the file
 * @throws RouteProfileError BAD_INPUT for a reserved or empty name, SHAPE_MISMATCH, LIMIT_EXCEEDED.
 */
export function npzPieces(entries: ReadonlyMap<string, WritableArray>, what: string): Uint8Array[] {
  const files = [...entries].map(([name, array]) => {
    if (RESERVED.has(name) || name === '')
      throw new RouteProfileError('BAD_INPUT', `an array cannot be named ${JSON.stringify(name)}`, {
        hint: 'Choose another name.',
      });
    return { name: `${name}${SUFFIX}`, pieces: npyPieces(array) };
  });
  return storedZip(files, what);
}

/** What `npzPieces` gives, as one array of bytes. Throws as it does. */
export const writeNpz = (entries: ReadonlyMap<string, WritableArray>): Uint8Array =>
  new Uint8Array(Buffer.concat(npzPieces(entries, 'the archive')));

/** A `.npz` file's arrays. Throws as `readNpz`, and MISSING_FILE. */
export async function readNpzFile(path: string, limits?: ZipLimits): Promise<Map<string, NamedArray>> {
  return readNpz(await readBytes(path, path, limits?.maxTotalBytes ?? MAX_TOTAL_BYTES), path, limits);
}

/** Writes a `.npz` file atomically. Throws as `npzPieces` and `writeFileAtomic`. */
export async function writeNpzFile(path: string, entries: ReadonlyMap<string, WritableArray>): Promise<void> {
  await writeFilesAtomic([[path, npzPieces(entries, path)]]);
}
