/** Where and why a text is not the JSON we take. */
export interface JsonFault {
  /** Index into the text. */
  offset: number;
  message: string;
  /** The text ends too early: a half-written file. */
  truncated: boolean;
  /** Keys and indices that lead to the place, where the syntax is good up to there. */
  path: readonly (string | number)[];
}

/** How many levels a JSON text may be nested. */
export const MAX_DEPTH = 200;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Anything but a quote, a backslash and control characters. */
const PLAIN = /[ !#-[\]-\uffff]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const CUT_ESCAPE = /^\\(?:u[0-9a-fA-F]{0,3})?$/;
const LITERALS = ['true', 'false', 'null'] as const;
const NOT_JSON = /-?(?:NaN|Infinity|inf|nan)\b/y;

class Fault extends Error {
  constructor(readonly fault: JsonFault) {
    super(fault.message);
  }
}

/**
 * Reads a text by the JSON grammar (RFC 8259) without building values, and finds what `JSON.parse` hides or misplaces:
 * the position of a syntax error, a key given twice, a `__proto__` key, nesting beyond 200 levels.
 * @param onRepeatedKey takes each key given twice in an object, which is an error without it
 * @returns null when the text is good
 */
export function findJsonFault(text: string, onRepeatedKey?: (key: string) => void): JsonFault | null {
  let at = 0;
  const path: (string | number)[] = [];

  const fail = (message: string, offset = at, place: readonly (string | number)[] = []): never => {
    throw new Fault({ offset, message, truncated: offset >= text.length, path: place });
  };
  const space = () => {
    for (let c = text.charCodeAt(at); c === 32 || c === 10 || c === 13 || c === 9;) c = text.charCodeAt(++at);
  };
  /** Moves past a match at the current position. */
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const string = (): void => {
    at++;
    for (;;) {
      skip(PLAIN);
      if (at >= text.length) fail('the text ends inside a string');
      const c = text.charCodeAt(at);
      if (c === 34) {
        at++;
        return;
      }
      if (c !== 92) fail('a control character inside a string, expected an escape such as \\n');
      else if (!skip(ESCAPE)) {
        const cut = CUT_ESCAPE.test(text.slice(at, at + 6)) && at + 6 > text.length;
        fail(cut ? 'the text ends inside a string' : 'an unknown escape in a string', cut ? text.length : at);
      }
    }
  };
  const key = (seen: Set<string>): void => {
    const start = at;
    if (text.charCodeAt(at) !== 34)
      fail(at >= text.length ? 'the text ends inside an object' : 'expected a key in double quotes');
    string();
    let name = text.slice(start + 1, at - 1);
    if (name.includes('\\')) name = JSON.parse(`"${name}"`) as string;
    if (name === '__proto__') fail('the key __proto__ is not allowed, expected another name', start, path);
    if (seen.has(name) && onRepeatedKey) onRepeatedKey(name);
    else if (seen.has(name))
      fail(`the key ${JSON.stringify(name.slice(0, 80))} occurs twice in one object, expected once`, start, path);
    seen.add(name);
    path.push(name);
  };
  const scalar = (): void => {
    if (at >= text.length) fail('the text ends where a value was expected');
    const literal = LITERALS.find((word) => text.startsWith(word, at));
    if (literal !== undefined) at += literal.length;
    else if (!skip(NUMBER)) {
      const start = at;
      if (skip(NOT_JSON)) fail(`${text.slice(start, at)} is not JSON, expected a number or null`, start, path);
      const rest = text.slice(at);
      if (rest === '-' || LITERALS.some((word) => word.startsWith(rest)))
        fail('the text ends inside a value', text.length);
      fail(`unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0))}, expected a value`);
    }
  };
  const members = (close: 93 | 125, member: () => void): void => {
    at++;
    space();
    if (text.charCodeAt(at) === close) {
      at++;
      return;
    }
    for (;;) {
      member();
      space();
      const c = text.charCodeAt(at);
      if (c === close) {
        at++;
        return;
      }
      if (c !== 44)
        fail(
          at >= text.length
            ? `the text ends inside ${close === 93 ? 'an array' : 'an object'}`
            : `expected , or ${close === 93 ? ']' : '}'}`,
        );
      at++;
      space();
    }
  };
  const value = (depth: number): void => {
    const c = text.charCodeAt(at);
    if (c === 34) string();
    else if (c !== 123 && c !== 91) scalar();
    else if (depth >= MAX_DEPTH) fail(`nested deeper than ${MAX_DEPTH} levels`);
    else if (c === 91) {
      let index = 0;
      path.push(0);
      members(93, () => {
        path[path.length - 1] = index++;
        value(depth + 1);
      });
      path.pop();
    } else {
      const seen = new Set<string>();
      members(125, () => {
        key(seen);
        space();
        if (text.charCodeAt(at) !== 58)
          fail(at >= text.length ? 'the text ends after a key' : 'expected : after a key');
        at++;
        space();
        value(depth + 1);
        path.pop();
      });
    }
  };

  try {
    space();
    value(0);
    space();
    if (at < text.length) fail('unexpected text after the end of the value');
    return null;
  } catch (error) {
    if (error instanceof Fault) return error.fault;
    throw error;
  }
}

/** 1-based line and column of an index into the text. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
