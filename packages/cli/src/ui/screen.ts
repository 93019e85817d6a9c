import { printable } from '@routeprofile/schema';

/** Where text goes: standard output, standard error, or a test's buffer. */
export interface Sink {
  /** @param written called when there is room for more */
  write(text: string, written?: () => void): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** The one way out for text: names, queries and messages of others may hold characters that act on a terminal. */
export interface Screen {
  /** Writes text for people; characters that a terminal would act on are shown as �. @returns when there is room for more */
  print(text: string): Promise<void>;
  /** The same for text of ours that carries colours, or returns to the start of the line; data in it must be `printable`. */
  paint(text: string): void;
  /** A part of a JSON document; such characters are escaped, which changes no value. @returns when there is room for more */
  json(text: string): Promise<void>;
}

/** Line breaks and tabs stay. */
export const visible = (text: string): string => text.replace(/[^\n\t]+/g, printable);

const OURS = new RegExp(`(\\r|${String.fromCharCode(27)}\\[\\d{1,2}m)`);

/** Colours, as `painter` writes them, and the start of the line stay as well. */
const visibleInColour = (text: string): string =>
  text
    .split(OURS)
    .map((part, i) => (i % 2 === 0 ? visible(part) : part))
    .join('');

/** JSON escapes control characters up to U+001F by itself. */
const visibleJson = (text: string): string =>
  text.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  );

export function screenOf(sink: Sink): Screen {
  // A sink without room calls back; one that knows no callback, such as a test's, has room.
  const write = (text: string): Promise<void> =>
    new Promise((resolve) => {
      if (sink.write(text, () => resolve()) !== false) resolve();
    });
  return {
    print: (text) => write(visible(text)),
    paint: (text) => void sink.write(visibleInColour(text)),
    json: (text) => write(visibleJson(text)),
  };
}

/** Colours on a terminal unless NO_COLOR is set (no-color.org). */
export const colorOf = (sink: Sink, env: NodeJS.ProcessEnv = process.env): boolean =>
  sink.isTTY === true && !env['NO_COLOR'];
