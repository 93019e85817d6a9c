import { open, type FileHandle } from 'node:fs/promises';
import { RouteProfileError, type z } from '@routeprofile/schema';
import { systemCode, writeError } from './files.js';
import { parseJson } from './json.js';

const NEWLINE = 10;
/** A torn line is looked for so far from the end. */
const TAIL = 64 * 2 ** 20;

/**
 * Ends a file of lines with a whole one: a last line that was torn, as when its writer died, is taken off. The file is made where there is none.
 * @param line what a line holds: a last one that lacks but its line break is kept, and ended
 * @returns bytes that were taken off
 * @throws RouteProfileError OUTPUT_UNWRITABLE, WRITE_FAILED
 */
export async function repairLastLine(path: string, line: z.ZodType): Promise<number> {
  let file: FileHandle;
  try {
    file = await open(path, 'a+');
  } catch (cause) {
    throw writeError(path, cause);
  }
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL);
    const tail = Buffer.alloc(size - from);
    await file.read(tail, 0, tail.length, from);
    const end = tail.lastIndexOf(NEWLINE) + 1;
    if (end === tail.length) return 0;
    if (isWhole(tail.subarray(end).toString('utf8'), line)) {
      await file.appendFile('\n');
      return 0;
    }
    await file.truncate(from + end);
    await file.datasync();
    return tail.length - end;
  } catch (cause) {
    throw systemCode(cause) === undefined ? cause : writeError(path, cause);
  } finally {
    await file.close();
  }
}

function isWhole(text: string, line: z.ZodType): boolean {
  try {
    return line.safeParse(parseJson(text, 'the last line')).success;
  } catch (error) {
    if (RouteProfileError.isInstance(error)) return false;
    throw error;
  }
}
