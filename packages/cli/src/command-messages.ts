/** What the thread that runs a command is started with. */
export interface CommandTask {
  argv: readonly string[];
  /** Memory shared by both threads; see `SHARED`. */
  shared: Int32Array<SharedArrayBuffer>;
  /** Which of the two streams are terminals. */
  terminals: { stdout: boolean; stderr: boolean };
}

/** Places in the shared memory: whether to stop (0 or 1), and how wide the terminals are (0: unknown). */
export const SHARED = { stop: 0, stdoutColumns: 1, stderrColumns: 2 } as const;

/**
 * From the command: what a person is to read if it is interrupted, it reads standard input, how long it may take to end, it has noticed
 * that it is to stop, or its exit code.
 */
export type CommandReply =
  { interrupted: string } | { readsInput: true } | { endsWithin: number } | { stopping: true } | { code: number };

/** To the command: its signal fires. */
export type CommandRequest = 'stop';

/** Commands that keep each piece that is finished (cells, answers), and go on behind them. */
const GO_ON: readonly string[] = ['run', 'demo', 'collect', 'worker'];

/** What a person reads when a command ends before its time; default: a command of which nothing is known yet. */
export function interruptedText(command?: { name: string; hasCache: boolean }): string {
  if (command === undefined) return 'interrupted\n';
  if (GO_ON.includes(command.name))
    return 'interrupted; what was finished is kept. Run the same command again to continue.\n';
  return `interrupted; the same command starts anew when it is run again${command.hasCache ? ', with the texts that are encoded by now from the cache' : ''}.\n`;
}
