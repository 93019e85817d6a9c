import type { Logger, Progress } from '@routeprofile/schema';
import { createReporter } from './ui/reporter.js';
import { screenOf, type Sink } from './ui/screen.js';

/** What a command sees of the world; tests hand in their own. */
export interface Io {
  stdout: Sink;
  stderr: Sink;
  stdin: AsyncIterable<string | Uint8Array>;
  signal: AbortSignal;
  /** Says how many milliseconds the command may take to end once it is told to stop, where that is more than to save a file. */
  endsWithin?(milliseconds: number): void;
  /** Says what a person is to read should the command be interrupted. */
  interrupted?(text: string): void;
}

/** The flags every command has. */
export interface CommonFlags {
  json?: boolean;
  quiet?: boolean;
}

export interface Console {
  /** Standard output: data. */
  print(text: string): void;
  /** The same, a part of a long text. @returns when there is room for more */
  printPart(text: string): Promise<void>;
  /** The same for text with colours; see `Screen`. */
  paint(text: string): void;
  /** Standard output, and nothing else there. */
  printJson(value: unknown): void;
  /** Standard output: a part of a JSON document. @returns when there is room for more */
  printJsonPart(text: string): Promise<void>;
  /** Standard error: what failed, also when quiet. */
  error(text: string): void;
  logger: Logger;
  onProgress: (progress: Progress) => void;
  /** Context of a long step, without its seed. */
  context: { signal: AbortSignal; logger: Logger; onProgress: (progress: Progress) => void };
  settle: () => void;
}

export function openConsole(io: Io, flags: CommonFlags): Console {
  const reporter = createReporter(io.stderr, { quiet: flags.quiet ?? false });
  const { logger, onProgress, settle } = reporter;
  const [out, err] = [screenOf(io.stdout), screenOf(io.stderr)];
  // Under --json standard output holds one document; words for people go to standard error.
  const words = flags.json ? err : out;
  return {
    print: (text) => {
      settle();
      void words.print(`${text}\n`);
    },
    printPart: (text) => {
      settle();
      return words.print(`${text}\n`);
    },
    paint: (text) => {
      settle();
      words.paint(`${text}\n`);
    },
    printJson: (value) => void out.json(`${JSON.stringify(value, null, 2)}\n`),
    printJsonPart: (text) => out.json(text),
    error: (text) => {
      settle();
      void err.print(`${text}\n`);
    },
    logger,
    onProgress,
    settle,
    context: { signal: io.signal, logger, onProgress },
  };
}
