import { open } from 'node:fs/promises';
import { writeError } from './files.js';

/** Adds lines to a file. */
export interface Appender {
  /**
   * Lines that come while others are being written go to disk together.
   * @param withinMs milliseconds that the line may wait for others to go with it. Default 0.
   * @returns once the line is on disk
   */
  append(line: string, withinMs?: number): Promise<void>;
  /** Writes what waits, and closes the file. */
  close(): Promise<void>;
}

/** Lines that go to disk together, and one promise for all who wait for them. */
interface Batch {
  text: string;
  written: Promise<void>;
  settle(error?: Error): void;
}

function createBatch(): Batch {
  let settle: Batch['settle'] = () => {};
  const written = new Promise<void>((resolve, reject) => {
    settle = (error) => (error === undefined ? resolve() : reject(error));
  });
  return { text: '', written, settle };
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
  let waiting: Batch | undefined;
  /** Milliseconds that all who wait have. */
  let patience = Infinity;
  let broken: Error | undefined;
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const writeBatch = async (): Promise<void> => {
    const batch = waiting;
    waiting = undefined;
    patience = Infinity;
    if (batch === undefined) return;
    try {
      if (broken) throw broken;
      await file.appendFile(batch.text);
      await file.datasync();
      batch.settle();
    } catch (cause) {
      broken ??= writeError(path, cause);
      batch.settle(broken);
    }
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    return (writing ??= writeBatch().then(() => {
      writing = undefined;
      schedule();
    }));
  };
  const schedule = (): void => {
    if (writing !== undefined || waiting === undefined) return;
    if (patience <= 0) void flush();
    else timer ??= setTimeout(() => void flush(), patience);
  };
  return {
    append(line, withinMs = 0) {
      const batch = (waiting ??= createBatch());
      batch.text += `${line}\n`;
      if (withinMs < patience) {
        patience = withinMs;
        clearTimeout(timer);
        timer = undefined;
      }
      schedule();
      return batch.written;
    },
    async close() {
      // What came while a batch was being written is a batch of its own.
      while (writing !== undefined || waiting !== undefined) await flush();
      await file.close();
    },
  };
}
