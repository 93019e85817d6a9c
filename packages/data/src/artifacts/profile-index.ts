import { join } from 'node:path';
import { RouteProfileError, z, type IndexArray, type ProfileIndexArtifact } from '@routeprofile/schema';
import { writeFilesAtomic } from '../disk/files.js';
import { openSha256 } from '../disk/hash.js';
import { formatJson } from '../disk/json.js';
import { readManifest, readSealed } from './sealed.js';

const MANIFEST = 'index.json';
const ARRAYS = 'index.bin';
/** Arrays begin at multiples of this, so that they can be read where they lie. */
const ALIGNED = 8;

const KINDS = { u1: Uint8Array, i4: Int32Array, f4: Float32Array, f8: Float64Array } as const;
type Kind = keyof typeof KINDS;
const kindOf = (array: IndexArray): Kind =>
  (Object.keys(KINDS) as Kind[]).find((kind) => array instanceof KINDS[kind])!;

const fileSchema = z.looseObject({
  arrays: z.record(z.string(), z.object({ kind: z.enum(['u1', 'i4', 'f4', 'f8']), length: z.number().int().min(0) })),
  bytes: z.string(),
});

const bytesOf = ({ buffer, byteOffset, byteLength }: IndexArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
const paddingOf = (bytes: number): number => (ALIGNED - (bytes % ALIGNED)) % ALIGNED;

/**
 * Writes an index of profiles as `index.json` and `index.bin` into `dir`: the arrays one after the other, little-endian, each at a multiple of 8
 * bytes; the json lists them and keeps their hash.
 * @throws RouteProfileError OUTPUT_UNWRITABLE, WRITE_FAILED
 */
export async function writeProfileIndex(dir: string, { manifest, arrays }: ProfileIndexArtifact): Promise<void> {
  const entries = Object.entries(arrays);
  const pieces = entries.flatMap(([, array]) => [bytesOf(array), new Uint8Array(paddingOf(array.byteLength))]);
  const hash = openSha256();
  for (const piece of pieces) hash.update(piece);
  const path = join(dir, MANIFEST);
  const listed = Object.fromEntries(
    entries.map(([name, array]) => [name, { kind: kindOf(array), length: array.length }]),
  );
  await writeFilesAtomic([
    [join(dir, ARRAYS), pieces],
    [path, `${formatJson({ ...manifest, arrays: listed, bytes: hash.digest('hex') }, path, 2)}\n`],
  ]);
}

/**
 * Reads what `writeProfileIndex` wrote. The arrays are views of one buffer.
 * @throws RouteProfileError MISSING_FILE; CORRUPT_FILE naming the file that is half-written, changed or of another index; LIMIT_EXCEEDED
 * for arrays of more than 2 GiB
 */
export async function readProfileIndex(dir: string): Promise<ProfileIndexArtifact> {
  const path = join(dir, MANIFEST);
  const file = join(dir, ARRAYS);
  const { arrays: listed, bytes: hash, ...manifest } = await readManifest(path, fileSchema);
  const { buffer, byteOffset, byteLength } = aligned(await readSealed(file, hash, path));
  let at = 0;
  const arrays: Record<string, IndexArray> = {};
  for (const [name, { kind, length }] of Object.entries(listed)) {
    const size = length * KINDS[kind].BYTES_PER_ELEMENT;
    if (at + size > byteLength) throw shorter(file, path);
    arrays[name] = viewOf(kind, buffer, byteOffset + at, length);
    at += size + paddingOf(size);
  }
  if (at !== byteLength) throw shorter(file, path);
  return { manifest, arrays };
}

/** Small files may come as parts of a larger buffer, at any place. */
const aligned = (bytes: Uint8Array): Uint8Array => (bytes.byteOffset % ALIGNED === 0 ? bytes : bytes.slice());

const viewOf = (kind: Kind, buffer: ArrayBufferLike, at: number, length: number): IndexArray =>
  kind === 'u1'
    ? new Uint8Array(buffer, at, length)
    : kind === 'i4'
      ? new Int32Array(buffer, at, length)
      : kind === 'f4'
        ? new Float32Array(buffer, at, length)
        : new Float64Array(buffer, at, length);

const shorter = (file: string, manifest: string) =>
  new RouteProfileError('CORRUPT_FILE', `${file}: does not hold the arrays that ${manifest} lists`, {
    hint: 'Build the index again.',
  });
