import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rmdir, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { RouteProfileError } from '@routeprofile/schema';

/** System errors that mean "this place does not take files", as opposed to a full or broken disk. */
const PLACE_ERRORS = new Set(
  'EACCES EPERM EROFS ENOTDIR EISDIR EEXIST ENOENT ENOTEMPTY ELOOP ENAMETOOLONG EBUSY'.split(' '),
);

/** The system's word for a failed call, such as `ENOSPC`. */
export const systemCode = (cause: unknown): string | undefined =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;

/** The error of a failed write: OUTPUT_UNWRITABLE when the place is wrong, WRITE_FAILED when the disk is. */
export function writeError(path: string, cause: unknown): RouteProfileError {
  const code = systemCode(cause) ?? 'unknown error';
  return PLACE_ERRORS.has(code)
    ? new RouteProfileError('OUTPUT_UNWRITABLE', `cannot write ${path} (${code})`, {
        hint: 'Choose a folder that you may write to.',
        cause,
      })
    : new RouteProfileError('WRITE_FAILED', `writing ${path} failed (${code})`, {
        hint: code === 'ENOSPC' ? 'The disk is full: free some space and run again.' : 'Check the disk and run again.',
        cause,
      });
}

/** A file that appears under its name only once it is complete. */
interface AtomicWriter {
  write(chunk: Uint8Array | string): Promise<void>;
  /** Flushes to disk; the file still has its temporary name. */
  finish(): Promise<void>;
  /** Gives the file its name, replacing an earlier one in one step. */
  publish(): Promise<void>;
  /** Removes what was written, and folders that were made for it and are empty. Safe to call at any time. */
  discard(): Promise<void>;
}

/**
 * Opens a temporary file beside `path`, creating parent folders.
 * @throws RouteProfileError OUTPUT_UNWRITABLE, WRITE_FAILED.
 */
async function openAtomicWriter(path: string): Promise<AtomicWriter> {
  const folder = dirname(path);
  // Same folder: a rename is atomic only within one file system. A short name of its own: the target's may be at the limit.
  const temporary = join(folder, `.${basename(path).slice(0, 64)}.${randomBytes(6).toString('hex')}.tmp`);
  let handle: FileHandle | undefined;
  let written = false;
  /** The outermost folder that was made for the file. */
  let made: string | undefined;
  const attempt = async (action: () => Promise<unknown>): Promise<void> => {
    try {
      await action();
    } catch (cause) {
      await discard();
      throw writeError(path, cause);
    }
  };
  const close = async (): Promise<void> => {
    const closing = handle;
    handle = undefined;
    await closing?.close();
  };
  const discard = async (): Promise<void> => {
    // Cleaning up must not hide the error that led here, nor is there anything to do about its own.
    await close().catch(() => undefined);
    if (written) await unlink(temporary).catch(() => undefined);
    written = false;
    if (made !== undefined) await removeEmpty(folder, made).catch(() => undefined);
    made = undefined;
  };
  await attempt(async () => {
    made = await mkdir(folder, { recursive: true });
    handle = await open(temporary, 'wx');
    written = true;
  });
  return {
    write: (chunk) => attempt(async () => handle?.writeFile(chunk)),
    finish: () =>
      attempt(async () => {
        await handle?.sync();
        await close();
      }),
    publish: () =>
      attempt(async () => {
        await rename(temporary, path);
        written = false;
        made = undefined;
      }),
    discard,
  };
}

/** Removes a folder and those around it up to `last`, as far as they are empty: one that is not throws. */
async function removeEmpty(folder: string, last: string): Promise<void> {
  await rmdir(folder);
  if (resolve(folder) !== resolve(last)) await removeEmpty(dirname(folder), last);
}

/** Text, or bytes. */
type Piece = string | Uint8Array;
/** What a file is to hold: all of it, or piece by piece for files too long to hold. */
export type FileContent = Piece | AsyncIterable<Piece> | Iterable<Piece>;

const isWhole = (data: FileContent): data is Piece => typeof data === 'string' || data instanceof Uint8Array;

/** Characters of texts that are put together before they are written. */
const FLUSH_AT = 1 << 20;

async function writeContent(writer: AtomicWriter, data: FileContent): Promise<void> {
  if (isWhole(data)) return writer.write(data);
  let buffer = '';
  for await (const piece of data) {
    const isText = typeof piece === 'string';
    if (isText) buffer += piece;
    if (isText && buffer.length < FLUSH_AT) continue;
    await writer.write(buffer);
    if (!isText) await writer.write(piece);
    buffer = '';
  }
  await writer.write(buffer);
}

/**
 * Writes files that belong together: all are complete on disk before the first gets its name.
 * On failure the earlier files stay as they were, and no temporary file is left.
 * @throws RouteProfileError OUTPUT_UNWRITABLE when the place takes no files, WRITE_FAILED when the disk is full or broken;
 * whatever the pieces of a file throw.
 */
export async function writeFilesAtomic(files: readonly (readonly [path: string, data: FileContent])[]): Promise<void> {
  const writers: AtomicWriter[] = [];
  try {
    for (const [path, data] of files) {
      const writer = await openAtomicWriter(path);
      writers.push(writer);
      await writeContent(writer, data);
      await writer.finish();
    }
    for (const writer of writers) await writer.publish();
  } finally {
    // The first may have made the folder that all are in.
    for (const writer of writers.toReversed()) await writer.discard();
  }
}

/**
 * Writes a file under a temporary name in the same folder, flushes it and renames it: readers see the old file or the
 * new one, never a part. Parent folders are made.
 * @throws RouteProfileError OUTPUT_UNWRITABLE, WRITE_FAILED.
 */
export const writeFileAtomic = (path: string, data: Uint8Array | string): Promise<void> =>
  writeFilesAtomic([[path, data]]);

/**
 * Writes text piece by piece, for files too long to hold; atomic like `writeFileAtomic`.
 * @throws RouteProfileError OUTPUT_UNWRITABLE, WRITE_FAILED; whatever `pieces` throws, after removing the temporary file.
 */
export const writePiecesAtomic = (path: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> =>
  writeFilesAtomic([[path, pieces]]);
