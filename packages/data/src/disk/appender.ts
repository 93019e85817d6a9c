import { open } from 'node:fs/promises';
import { RouteProfileError } from '@routeprofile/schema';
import { systemCode, writeError } from './files.js';

/** Adds lines to a file. */
export interface Appender {
  /**
   * Lines that come while others are being written go to disk together.
   * @param withinMs milliseconds that the line may wait for others to go with it. Default 0.
   * @returns once the line is on disk
   */
  append(line: string, withinMs?: number): Promise<void>;
  /**
   * Resolves while lines can be written. Where the last write failed, as the disk was full, it tries whether there is space again; what it
   * writes for that is taken off the file.
   * @throws RouteProfileError WRITE_FAILED, OUTPUT_UNWRITABLE
   */
  check(): Promise<void>;
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

/** Failures of a disk that has no room. Of any other one nobody knows what the disk holds afterwards. */
const NO_ROOM = new Set<unknown>(['ENOSPC', 'EDQUOT']);
/** Bytes for which there must be room before a full disk counts as usable. Spaces without a line break: a torn line, if nobody takes them off. */
const PROBE = ' '.repeat(65_536);

/**
 * Opens a file to add lines to it. Where a write fails because the disk is full, what came of it is taken off the file, and the next write
 * tries again whether there is room. After any other failed write every further one fails: what follows a torn line would not be found again.
 * @throws RouteProfileError OUTPUT_UNWRITABLE, WRITE_FAILED
 */
export async function openAppender(path: string): Promise<Appender> {
  const file = await open(path, 'a').catch((cause: unknown) => {
    throw writeError(path, cause);
  });
  /** Bytes of whole lines that are on disk. */
  let whole = (await file.stat()).size;
  let waiting: Batch | undefined;
  /** Milliseconds that all who wait have. */
  let patience = Infinity;
  let broken: RouteProfileError | undefined;
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** Takes off what a failed write left behind the whole lines. */
  const cutBack = async (): Promise<void> => {
    const { size } = await file.stat();
    // Shorter than it was: somebody else has changed it, and to lengthen it would fill it with zeros.
    if (size < whole)
      throw new RouteProfileError(
        'WRITE_FAILED',
        `${path} has ${size} bytes and had ${whole}: somebody has changed it`,
        {
          hint: 'See what else writes to it, and start again.',
        },
      );
    if (size === whole) return;
    await file.truncate(whole);
    await file.datasync();
  };
  const put = async (text: string | Buffer): Promise<void> => {
    await file.appendFile(text);
    await file.datasync();
  };
  /** Runs what changes the file; after a failure the file is whole again, or nothing is written any more. */
  const change = async (work: () => Promise<void>): Promise<void> => {
    try {
      if (broken) {
        if (!NO_ROOM.has(systemCode(broken.cause))) throw broken;
        await cutBack();
        // A short line may fit where nothing else does.
        await put(PROBE);
        await cutBack();
      }
      await work();
      broken = undefined;
    } catch (cause) {
      broken = RouteProfileError.isInstance(cause) ? cause : writeError(path, cause);
      // Before the next write it is tried again.
      if (NO_ROOM.has(systemCode(cause))) await cutBack().catch(() => {});
      throw broken;
    }
  };
  const writeBatch = async (): Promise<void> => {
    const batch = waiting;
    waiting = undefined;
    patience = Infinity;
    if (batch === undefined) return;
    const bytes = Buffer.from(batch.text);
    try {
      await change(() => put(bytes));
      whole += bytes.length;
      batch.settle();
    } catch (error) {
      batch.settle(error instanceof Error ? error : writeError(path, error));
    }
  };
  /** One after the other. */
  const run = (work: () => Promise<void>): Promise<void> => {
    const own = work().finally(() => {
      writing = undefined;
      schedule();
    });
    writing = own.catch(() => {});
    return own;
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    return writing ?? run(writeBatch);
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
    async check() {
      while (broken !== undefined && writing !== undefined) await writing;
      if (broken === undefined) return;
      await run(() => change(async () => {}));
    },
    async close() {
      // What came while a batch was being written is a batch of its own.
      while (writing !== undefined || waiting !== undefined) await flush();
      await file.close();
    },
  };
}
