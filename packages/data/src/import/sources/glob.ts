import { RouteProfileError } from '@routeprofile/schema';

/** A pattern of paths: `runs/{model}_*.jsonl`. */
export interface PathPattern {
  /** The whole path fits. */
  matches(path: string): boolean;
  /** The end of the path fits, from a `/` on: what stands for each name in braces. Null when it does not fit. */
  values(path: string): Readonly<Record<string, string>> | null;
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
export const isGlob = (path: string): boolean => /[*?[{]/.test(path);

/**
 * Reads a pattern. `*` is any part of a name, `**` any folders, `?` one character, `[ab]` one of some, `{a,b}` one of several
 * texts, `{model}` a part of a name that is to be known. Paths have `/` between their parts.
 * @throws RouteProfileError BAD_OPTION for a brace or bracket that is not closed, or a name that occurs twice.
 */
export function pathPattern(pattern: string): PathPattern {
  const names: string[] = [];
  const source = sourceOf(pattern, pattern, names);
  const whole = new RegExp(`^${source}$`, 'u');
  const end = new RegExp(`(?:^|/)${source}$`, 'u');
  return {
    matches: (path) => whole.test(path),
    values(path) {
      const found = end.exec(path);
      return found === null ? null : Object.fromEntries(names.map((name, i) => [name, found[i + 1]!]));
    },
  };
}

function sourceOf(text: string, pattern: string, names: string[]): string {
  let source = '';
  for (let at = 0; at < text.length;) {
    const rest = text.slice(at);
    const special = /^(?:\*\*\/|\*\*|\*|\?|\[[^\]/]+\]|\{[^{}]*\})/.exec(rest)?.[0];
    if (special === undefined) {
      if (/^[[{]/.test(rest))
        throw new RouteProfileError('BAD_OPTION', `${pattern}: has a ${rest[0]} that is not closed`, {
          hint: 'A name in braces is closed by }, a choice of characters by ].',
        });
      const plain = /^[^*?[{]+/.exec(rest)![0];
      source += escaped(plain);
      at += plain.length;
      continue;
    }
    at += special.length;
    if (special === '**/') source += '(?:[^/]+/)*';
    else if (special === '**') source += '.*';
    else if (special === '*') source += '[^/]*';
    else if (special === '?') source += '[^/]';
    else if (special.startsWith('['))
      source += `[${special
        .slice(1, -1)
        .replace(/^!/, '^')
        .replace(/[\\[\]]/g, '\\$&')}]`;
    else source += braces(special.slice(1, -1), pattern, names);
  }
  return source;
}

function braces(inner: string, pattern: string, names: string[]): string {
  if (inner.includes(','))
    return `(?:${inner
      .split(',')
      .map((text) => sourceOf(text, pattern, names))
      .join('|')})`;
  if (names.includes(inner))
    throw new RouteProfileError('BAD_OPTION', `${pattern}: names {${inner}} twice, expected once`, {
      hint: 'Use * for a part that is not to be read.',
    });
  names.push(inner);
  // As little as possible: what follows, such as a date, then belongs to the pattern.
  return '([^/]+?)';
}

/** The folder that all paths of a pattern lie in. */
export function baseOf(pattern: string): string {
  const parts = pattern.split('/');
  const first = parts.findIndex(isGlob);
  const base = parts.slice(0, first === -1 ? -1 : first).join('/');
  return base === '' ? (pattern.startsWith('/') ? '/' : '.') : base;
}
