import { open } from 'node:fs/promises';
import { writeError } from './files.js';

/** Adds lines to a file. */
export interface Appender {
  /** @returns once the line is on disk. Lines that come while others are being written go to disk together. */
  append(line: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a file to add lines to it.
 * @throws RouteProfileError OUTPUT_UNWRITABLE, WRITE_FAILED. After a failed write every further one fails: what follows a torn
 * line would not be found again.
 */
export async function openAppender(path: string): Promise<Appender> {
  const file = await open(path, 'a').catch((cause: unknown) => {
    throw writeError(path, cause);
  });
  let waiting: { line: string; settle: (error?: unknown) => void }[] = [];
  let broken: Error | undefined;
  let writing: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        if (broken) throw broken;
        await file.appendFile(batch.map(({ line }) => `${line}\n`).join(''));
        await file.datasync();
        batch.forEach(({ settle }) => settle());
      } catch (cause) {
        broken ??= writeError(path, cause);
        batch.forEach(({ settle }) => settle(broken));
      }
    }
    writing = undefined;
  };
  return {
    append: (line) =>
      new Promise((resolve, reject) => {
        waiting.push({ line, settle: (error) => (error instanceof Error ? reject(error) : resolve()) });
        writing ??= write();
      }),
    async close() {
      await writing;
      await file.close();
    },
  };
}
