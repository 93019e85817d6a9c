import type { Logger, Progress } from '@routeprofile/schema';
import { shownJson } from './ui/guard.js';
import { createReporter, type Sink } from './ui/reporter.js';

/** What a command sees of the world; tests hand in their own. */
export interface Io {
  stdout: Sink;
  stderr: Sink;
  stdin: AsyncIterable<string | Uint8Array>;
  signal: AbortSignal;
}

/** The flags every command has. */
export interface CommonFlags {
  json?: boolean;
  quiet?: boolean;
}

export interface Console {
  /** Standard output: data. */
  print(text: string): void;
  /** Standard output, and nothing else there. */
  printJson(value: unknown): void;
  logger: Logger;
  onProgress: (progress: Progress) => void;
  /** Context of a long step, without its seed. */
  context: { signal: AbortSignal; logger: Logger; onProgress: (progress: Progress) => void };
  settle: () => void;
}

export function openConsole(io: Io, flags: CommonFlags): Console {
  const reporter = createReporter(io.stderr, { quiet: flags.quiet ?? false });
  const { logger, onProgress, settle } = reporter;
  return {
    print: (text) => {
      settle();
      // Under --json standard output holds one document; words for people go to standard error.
      (flags.json ? io.stderr : io.stdout).write(`${text}\n`);
    },
    printJson: (value) => void io.stdout.write(`${shownJson(value)}\n`),
    logger,
    onProgress,
    settle,
    context: { signal: io.signal, logger, onProgress },
  };
}
