import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RouteProfileError } from '@routeprofile/schema';
import { parsePythonLiteral, type PythonValue } from './literal.js';

/** What Python's repr() prints. */
function repr(value: PythonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const body = value
      .replaceAll('\\', '\\\\')
      .replaceAll(quote, `\\${quote}`)
      .replace(/[\n\r\t]/g, (c) => ({ '\n': '\\n', '\r': '\\r', '\t': '\\t' })[c]!)
      .replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
    return quote + body + quote;
  }
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  return `{${[...value].map(([key, item]) => `${repr(key)}: ${repr(item)}`).join(', ')}}`;
}

const key = fc.oneof(fc.string(), fc.constant('__proto__'), fc.integer(), fc.boolean(), fc.constant(null));
const { value: values } = fc.letrec<{ value: PythonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.maxSafeInteger(),
      fc.bigInt({ min: 2n ** 60n }),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((x) => (Number.isInteger(x) ? x + 0.5 : x))
        .filter((x) => !Number.isInteger(x)),
      key,
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
  ),
}));

const failure = (text: string, limits = {}): string => {
  try {
    parsePythonLiteral(text, limits);
  } catch (error) {
    if (RouteProfileError.isInstance(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'parsed';
};

describe('parsePythonLiteral', () => {
  it('gives back whatever repr printed', () => {
    fc.assert(fc.property(values, (value) => void expect(parsePythonLiteral(repr(value))).toEqual(value)));
  });

  it('never throws anything but a RouteProfileError', () => {
    const pieces = fc.array(
      fc.oneof(fc.constantFrom(...`[](){}'",:\\ux1.eE+-_ \n`, 'None', 'True', '__proto__'), fc.string()),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(pieces, (list) => void expect(failure(list.join(''))).toMatch(/^(parsed$|BAD_INPUT|LIMIT_EXCEEDED)/)),
      { numRuns: 1000 },
    );
  });

  it.each<[string, PythonValue]>([
    [`['a', "b's", 'c\\'s', "\\x41\\u00e9\\U0001F600\\101", 'un\\known']`, ['a', "b's", "c's", 'Aé😀A', 'un\\known']],
    ['(1, -2.5, .5, 1e3, 1_000,)', [1, -2.5, 0.5, 1000, 1000]],
    ['(1)', 1],
    ['(1,)', [1]],
    ['()', []],
    ['9007199254740993', 9007199254740993n],
    [
      " {'text': ['x'], 'labels': None, 3: True} ",
      new Map<string | number, PythonValue>([
        ['text', ['x']],
        ['labels', null],
        [3, true],
      ]),
    ],
    ["{'__proto__': {'polluted': 1}}", new Map([['__proto__', new Map([['polluted', 1]])]])],
  ])('reads %s', (text, value) => {
    expect(parsePythonLiteral(text)).toEqual(value);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    ['', 'ends where a value'],
    ['[1, 2', 'never closed'],
    ['[1 2]', 'expected , or ]'],
    ["'abc", 'does not end'],
    ["'a\nb'", 'line break'],
    ["'''a'''", 'triple quotes'],
    ['{1, 2}', 'sets are not supported'],
    ['{[1]: 2}', 'as a key'],
    ["__import__('os')", '__import__ is not supported'],
    ['nan', 'nan is not supported'],
    ['1e999', 'too large'],
    ['01', 'not a number'],
    ['1 2', 'unexpected text after'],
    ["'\\ud8'", 'hexadecimal'],
  ])('refuses %j', (text, message) =>
    expect(failure(text)).toMatch(
      new RegExp(`^BAD_INPUT: Python literal: character \\d+: .*${message.replace(/[[\]]/g, '\\$&')}`),
    ),
  );

  it('has limits of length and depth', () => {
    expect(failure('['.repeat(100_000))).toMatch(/^LIMIT_EXCEEDED.*deeper than 32/);
    expect(failure(`'${'x'.repeat(100)}'`, { maxLength: 50 })).toMatch(/^LIMIT_EXCEEDED/);
  });
});

const data = process.env['ROUTEPROFILE_DATA'] ?? '';
const routes = join(data, 'routeprofile', 'route_data');
describe.runIf(data !== '' && existsSync(routes))('choices of the published data', () => {
  it('are read, every one', () => {
    const rows = [
      'pairwise_training_data_standard.json',
      'pairwise_training_data_newllm.json',
      'routing_dev_data.json',
    ].flatMap((file) => {
      const json = JSON.parse(readFileSync(join(routes, file), 'utf8')) as { pairwise_data?: unknown[] } | unknown[];
      return (Array.isArray(json) ? json : (json.pairwise_data ?? [])) as { task_name: string; choices: unknown }[];
    });
    const texts = rows.filter((row): row is { task_name: string; choices: string } => typeof row.choices === 'string');
    expect(texts.length).toBeGreaterThan(3000);
    for (const { task_name, choices } of texts) {
      const value = parsePythonLiteral(choices);
      const options = value instanceof Map ? value.get('text') : value;
      expect([
        task_name,
        Array.isArray(options) && options.length > 0 && options.every((option) => typeof option === 'string'),
      ]).toEqual([task_name, true]);
    }
  });
});
