import type { Logger, Progress } from '@routeprofile/schema';
import { formatDuration } from './format.js';
import { screenOf, visible, type Sink } from './screen.js';

export interface Reporter {
  logger: Logger;
  onProgress: (progress: Progress) => void;
  /** Ends the live bar, so that what is printed next starts on a line of its own. */
  settle: () => void;
}

/** A plain line at most this often, in milliseconds, when the sink is not a terminal. */
const LINE_EVERY = 5000;
/** A live bar is redrawn at most this often, in milliseconds. */
const DRAW_EVERY = 80;

/** Standard error for people: a live bar on a terminal, plain lines otherwise, nothing when quiet. */
export function createReporter(
  sink: Sink,
  { quiet = false, now = Date.now }: { quiet?: boolean; now?: () => number } = {},
): Reporter {
  const screen = screenOf(sink);
  let stage = '';
  let started = 0;
  let firstDone = 0;
  let shown = 0;
  let live = false;

  const settle = () => {
    if (live) void screen.print('\n');
    live = false;
  };
  const line = (text: string) => {
    settle();
    void screen.print(`${text}\n`);
  };

  const describe = ({ stage, done, total, unit, note }: Progress): string => {
    const seconds = (now() - started) / 1000;
    // The rate counts only what was done while we watched: work taken from a cache would flatter it.
    const rate = seconds > 0 ? (done - firstDone) / seconds : 0;
    const parts = [total === undefined ? `${done}` : `${done}/${total}`];
    if (unit) parts[0] += ` ${unit}`;
    if (rate > 0) parts.push(`${rate >= 10 ? rate.toFixed(0) : rate.toFixed(1)}/s`);
    if (total !== undefined && done >= total) parts.push(`in ${formatDuration(seconds)}`);
    else if (total !== undefined && rate > 0) parts.push(`${formatDuration((total - done) / rate)} left`);
    if (note) parts.push(note);
    return visible(`${stage}: ${parts.join(', ')}`);
  };

  const bar = (progress: Progress): string => {
    const width = Math.max(20, (sink.columns ?? 80) - 1);
    const text = describe(progress);
    if (progress.total === undefined || progress.total === 0) return text.slice(0, width).padEnd(width);
    const cells = Math.min(24, Math.max(0, width - text.length - 3));
    const full = Math.round((cells * Math.min(progress.done, progress.total)) / progress.total);
    return (cells > 4 ? `[${'='.repeat(full)}${' '.repeat(cells - full)}] ${text}` : text)
      .slice(0, width)
      .padEnd(width);
  };

  return {
    settle,
    logger: {
      info: (message) => void (quiet || line(message)),
      warn: (message) => void (quiet || line(`warning: ${message}`)),
    },
    onProgress(progress) {
      if (quiet) return;
      const time = now();
      const finished = progress.total !== undefined && progress.done >= progress.total;
      if (progress.stage !== stage) {
        settle();
        stage = progress.stage;
        started = time;
        firstDone = progress.done;
        shown = sink.isTTY ? 0 : time;
        if (finished) return;
      }
      if (sink.isTTY) {
        if (!finished && time - shown < DRAW_EVERY) return;
        screen.paint(`\r${bar(progress)}`);
        live = true;
        if (finished) settle();
      } else if (finished ? time - started > 1000 : time - shown >= LINE_EVERY)
        void screen.print(`${describe(progress)}\n`);
      else return;
      shown = time;
      if (finished) stage = '';
    },
  };
}
