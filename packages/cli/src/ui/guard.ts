import { colorOf } from './color.js';
import type { Sink } from './reporter.js';

/** What acts on a terminal instead of being shown: control characters, and marks that turn the direction of what follows. */
const ACTS = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu;

/** A colour of ours, on a terminal that is shown colours. */
const ESCAPE = '\u001b';
const COLOR = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`);

const shown = (text: string): string => text.replace(ACTS, '�');

/**
 * The one way to the terminal. Names, queries and messages may hold anything, so that of all that is written only line ends, tabs,
 * the return before a progress bar and colours go through as they are.
 */
export function guarded(sink: Sink): Sink {
  return {
    write(text) {
      const [, start = '', rest = ''] = /^(\r?)(.*)$/s.exec(text) ?? [];
      const parts = colorOf(sink) ? rest.split(COLOR) : [rest];
      // Every second part is what the pattern matched.
      return sink.write(start + parts.map((part, i) => (i % 2 === 1 ? part : shown(part))).join(''));
    },
    get isTTY() {
      return sink.isTTY ?? false;
    },
    get columns() {
      return sink.columns ?? 80;
    },
  };
}

/** JSON that says the same and holds nothing that acts on a terminal. */
export const shownJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replace(ACTS, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
