import type { Sink } from './screen.js';

/** Colours on a terminal unless NO_COLOR is set (no-color.org). */
export const colorOf = (sink: Sink, env: NodeJS.ProcessEnv = process.env): boolean =>
  sink.isTTY === true && !env['NO_COLOR'];
