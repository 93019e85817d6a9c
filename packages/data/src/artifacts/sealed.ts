import { RouteProfileError, type z } from '@routeprofile/schema';
import { hashBytes } from '../disk/hash.js';
import { readJsonFile } from '../disk/json.js';
import { readBytes } from '../disk/read.js';

const MAX_ARRAY_BYTES = 2 ** 31;

/** A JSON file of ours: one that breaks its format was tampered with or is another program's, and is refused by name. */
export async function readManifest<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  try {
    return await readJsonFile(path, schema);
  } catch (cause) {
    if (!RouteProfileError.isInstance(cause) || cause.code !== 'BAD_INPUT') throw cause;
    throw new RouteProfileError('CORRUPT_FILE', cause.message, {
      hint: 'Make the artifact again.',
      details: cause.details,
      unlisted: cause.unlisted,
      cause,
    });
  }
}

/** The bytes of a file whose hash is kept elsewhere. Throws CORRUPT_FILE naming both when they disagree. */
export async function readSealed(path: string, hash: string, manifest: string): Promise<Uint8Array> {
  const bytes = await readBytes(path, path, MAX_ARRAY_BYTES);
  if (hashBytes(bytes) !== hash)
    throw new RouteProfileError('CORRUPT_FILE', `${path}: is not the file that ${manifest} was written with`, {
      hint: 'One of the two is half-written or was changed: make the artifact again.',
    });
  return bytes;
}
