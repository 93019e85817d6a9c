import { RouteProfileError } from '@routeprofile/schema';

/** A Python value: list and tuple are arrays, a dict is a Map, an int beyond 2^53 a bigint. */
export type PythonValue = null | boolean | number | bigint | string | PythonValue[] | Map<PythonKey, PythonValue>;
/** What a Python dict may be keyed by here. */
export type PythonKey = null | boolean | number | bigint | string;

/** How much `parsePythonLiteral` takes before it throws LIMIT_EXCEEDED. */
export interface PythonLimits {
  /** Characters of text; default 1,000,000. */
  maxLength?: number;
  /** Containers within containers; default 32. */
  maxDepth?: number;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\n': '',
};
const HEX_ESCAPES: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const NUMBER = /[+-]?(?:(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y;
const WORD = /[A-Za-z_]\w*/y;
const CONSTANTS = new Map<string, PythonValue>([
  ['None', null],
  ['True', true],
  ['False', false],
]);

/**
 * Reads what Python's `repr` prints of plain data: None, True, False, numbers, strings in single or double quotes, lists,
 * tuples, dicts. Nothing is executed. Bytes, sets, triple quotes, `nan` and `inf` are refused.
 * @throws RouteProfileError BAD_INPUT naming the character position; LIMIT_EXCEEDED.
 */
export function parsePythonLiteral(text: string, limits: PythonLimits = {}): PythonValue {
  const { maxLength = 1_000_000, maxDepth = 32 } = limits;
  if (text.length > maxLength)
    throw new RouteProfileError(
      'LIMIT_EXCEEDED',
      `Python literal of ${text.length} characters, the limit is ${maxLength}`,
    );
  let at = 0;

  const fail = (message: string, offset = at): never => {
    throw new RouteProfileError('BAD_INPUT', `Python literal: character ${offset + 1}: ${message}`, {
      hint: "Write what Python's repr() prints of lists, dicts, strings and numbers, or JSON.",
    });
  };
  const space = () => {
    while (at < text.length && ' \t\r\n\f'.includes(text[at]!)) at++;
  };
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const escape = (): string => {
    const letter = text[++at];
    if (letter === undefined) return fail('the text ends inside an escape');
    const simple = SIMPLE_ESCAPES[letter];
    if (simple !== undefined) {
      at++;
      return simple;
    }
    const octal = /^[0-7]{1,3}/.exec(text.slice(at, at + 3))?.[0];
    if (octal !== undefined) {
      at += octal.length;
      return String.fromCodePoint(Number.parseInt(octal, 8));
    }
    const digits = HEX_ESCAPES[letter];
    if (digits === undefined) return '\\'; // Python keeps an escape it does not know.
    const code = text.slice(at + 1, at + 1 + digits);
    if (code.length < digits || !/^[0-9a-fA-F]+$/.test(code) || Number.parseInt(code, 16) > 0x10ffff)
      return fail(`\\${letter} needs ${digits} hexadecimal digits of a character`);
    at += 1 + digits;
    return String.fromCodePoint(Number.parseInt(code, 16));
  };
  const string = (): string => {
    const start = at;
    const quote = text[at++];
    if (text.startsWith(`${quote}${quote}`, at)) fail('triple quotes are not supported', start);
    let out = '';
    for (;;) {
      const c = text[at];
      if (c === undefined) return fail('this string does not end', start);
      if (c === quote) break;
      if (c === '\n') return fail('a line break inside a string', at);
      if (c === '\\') out += escape();
      else {
        out += c;
        at++;
      }
    }
    at++;
    return out;
  };
  const number = (): number | bigint => {
    const start = at;
    const found = match(NUMBER);
    if (found === undefined) return fail(`unexpected ${JSON.stringify(text[start])}, expected a value`);
    if (!/^[+-]?(?:\d+(?:_\d+)*)?(?:\.(?:\d+(?:_\d+)*)?)?(?:[eE][+-]?\d+)?$/.test(found) || /^[+-]?0\d/.test(found))
      return fail(`${found} is not a number`, start);
    const plain = found.replaceAll('_', '');
    const value = Number(plain);
    if (/^[+-]?\d+$/.test(plain) && !Number.isSafeInteger(value)) return BigInt(plain.replace('+', ''));
    return Number.isFinite(value) ? value : fail(`${found} is too large`, start);
  };
  /** The members up to `close`; a trailing comma is fine. */
  const members = (close: string, member: () => void): { count: number; comma: boolean } => {
    const start = at++;
    let count = 0;
    let comma = false;
    for (;;) {
      space();
      if (text[at] === close) break;
      if (at >= text.length) fail(`this ${text[start]} is never closed`, start);
      if (count > 0 && !comma) fail(`expected , or ${close}`);
      member();
      count++;
      space();
      comma = text[at] === ',';
      if (comma) at++;
    }
    at++;
    return { count, comma };
  };
  const dict = (depth: number): Map<PythonKey, PythonValue> => {
    const out = new Map<PythonKey, PythonValue>();
    members('}', () => {
      const start = at;
      const key = value(depth + 1);
      if (typeof key === 'object' && key !== null) fail('a list, tuple or dict as a key is not supported', start);
      space();
      if (text[at] !== ':') fail('expected : after a key (sets are not supported)');
      at++;
      out.set(key as PythonKey, value(depth + 1));
    });
    return out;
  };
  const value = (depth: number): PythonValue => {
    space();
    const c = text[at];
    if (c === undefined) return fail('the text ends where a value was expected');
    if (c === "'" || c === '"') return string();
    if ('[({'.includes(c) && depth >= maxDepth)
      throw new RouteProfileError(
        'LIMIT_EXCEEDED',
        `Python literal: character ${at + 1}: nested deeper than ${maxDepth} levels`,
      );
    if (c === '{') return dict(depth);
    if (c === '[' || c === '(') {
      const items: PythonValue[] = [];
      const { count, comma } = members(c === '[' ? ']' : ')', () => items.push(value(depth + 1)));
      // (1) is 1 in Python; (1,) is a tuple.
      return c === '(' && count === 1 && !comma ? items[0]! : items;
    }
    const start = at;
    const word = match(WORD);
    if (word === undefined) return number();
    const constant = CONSTANTS.get(word);
    return constant !== undefined
      ? constant
      : fail(`${word.slice(0, 40)} is not supported, expected a plain value`, start);
  };

  const out = value(0);
  space();
  return at < text.length ? fail('unexpected text after the value') : out;
}
