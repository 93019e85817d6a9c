import { readFile, stat } from 'node:fs/promises';
import { RouteProfileError } from '@routeprofile/schema';
import { systemCode } from './files.js';

/** The longest text a JavaScript string holds on Node is just below this. */
export const MAX_JSON_BYTES = 512 * 2 ** 20 - 64;

/** @throws RouteProfileError MISSING_FILE or BAD_INPUT (unreadable) for a system error of reading `label`. */
export function readError(label: string, cause: unknown): RouteProfileError {
  const code = systemCode(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new RouteProfileError('MISSING_FILE', `${label}: there is no such file`, { hint: 'Check the path.', cause });
  return new RouteProfileError('BAD_INPUT', `${label}: cannot be read (${code ?? 'unknown error'})`, {
    hint: 'Check that you may read it.',
    cause,
  });
}

/**
 * Size of a file that can be read from start to end.
 * @throws RouteProfileError MISSING_FILE; BAD_INPUT for a folder, and for pipes, devices and sockets: they may never end.
 */
export async function sizeOfRegularFile(path: string, label = path): Promise<number> {
  const found = await stat(path).catch((cause: unknown) => {
    throw readError(label, cause);
  });
  if (found.isFile()) return found.size;
  const kind = found.isDirectory()
    ? 'a folder'
    : found.isFIFO()
      ? 'a pipe'
      : found.isSocket()
        ? 'a socket'
        : 'a device';
  throw new RouteProfileError('BAD_INPUT', `${label}: is ${kind}, expected a regular file`, {
    hint: found.isDirectory() ? 'Give the path of a file.' : 'Write its contents to a file first.',
  });
}

/**
 * When a file was last written.
 * @throws RouteProfileError MISSING_FILE or BAD_INPUT
 */
export async function modifiedAt(path: string, label = path): Promise<Date> {
  const { mtime } = await stat(path).catch((cause: unknown) => {
    throw readError(label, cause);
  });
  return mtime;
}

/**
 * A whole file's bytes.
 * @param label how messages name the file
 * @throws RouteProfileError MISSING_FILE, BAD_INPUT (unreadable, or not a regular file), LIMIT_EXCEEDED.
 */
export async function readBytes(path: string, label = path, maxBytes = MAX_JSON_BYTES): Promise<Uint8Array> {
  const size = await sizeOfRegularFile(path, label);
  if (size > maxBytes)
    throw new RouteProfileError('LIMIT_EXCEEDED', `${label}: has ${size} bytes, the limit is ${maxBytes}`, {
      hint: 'Split the file, or use JSON lines, which are read one by one.',
    });
  return readFile(path).catch((cause: unknown) => {
    throw readError(label, cause);
  });
}

/** True when there is something to read under this path. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** UTF-8 text; a byte order mark is dropped. Throws BAD_INPUT for bytes that are not UTF-8. */
export function decodeText(bytes: Uint8Array, label: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RouteProfileError('BAD_INPUT', `${label}: is not UTF-8 text`, { hint: 'Save the file as UTF-8.', cause });
  }
}
