import type { z } from 'zod';

/** Of a value that fits none of several forms, what is wrong with the form that it comes closest to; the message in plain words. */
export function closestIssue(issue: z.core.$ZodIssue): Pick<z.core.$ZodIssue, 'path' | 'message'> {
  const own = { path: issue.path, message: plainMessage(issue) };
  if (issue.code !== 'invalid_union') return own;
  const inner = issue.errors.flat().map(closestIssue);
  const deepest = inner.toSorted((a, b) => b.path.length - a.path.length)[0];
  if (deepest === undefined) return own;
  if (deepest.path.length > 0) return { path: [...issue.path, ...deepest.path], message: deepest.message };
  return { path: issue.path, message: [...new Set(inner.map(({ message }) => message))].join('; or ') };
}

/** One line of a zod issue: `path.to.field: what is wrong`. */
export function issueText(from: z.core.$ZodIssue): string {
  const issue = closestIssue(from);
  const path = issue.path.map(String).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

/** Types as zod names them, for people who write JSON, YAML or options. */
const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  bigint: 'a whole number',
  boolean: 'true or false',
  function: 'a function',
  int: 'a whole number',
  map: 'a Map',
  null: 'null',
  number: 'a number',
  object: 'named fields, as in { "name": … }',
  record: 'named fields, as in { "name": … }',
  string: 'text',
};
/** The same of what was given. */
const GIVEN: Readonly<Record<string, string>> = { ...TYPES, object: 'named fields' };

const WRONG_TYPE = /^Invalid input: expected (\w+), received ([^]*)$/;

/** zod names other objects by what their `constructor` says, which may be any text. */
const givenAs = (received: string): string =>
  (Object.hasOwn(GIVEN, received) ? GIVEN[received] : undefined) ??
  (/^\w+$/.test(received) ? received : 'an object of another kind');

/** zod's own messages, said so that a reader needs no TypeScript. Messages of a schema stay as they are. */
function plainMessage(issue: z.core.$ZodIssue): string {
  const { message } = issue;
  switch (issue.code) {
    case 'invalid_type': {
      const [, expected = '', received = ''] = WRONG_TYPE.exec(message) ?? [];
      const wanted = TYPES[expected];
      if (wanted === undefined) return message;
      if (received === 'undefined') return `missing; it must be ${wanted}`;
      if (received === 'number') return `must be ${wanted}`;
      return `must be ${wanted}, and is ${givenAs(received)}`;
    }
    case 'invalid_value':
      if (!/^Invalid (option|input): expected /.test(message)) return message;
      return `must be ${oneOf(issue.values)}`;
    case 'invalid_union':
      if (issue.errors.length > 0 || !message.startsWith('Invalid ') || !('options' in issue)) return message;
      return Array.isArray(issue.options) ? `must be ${oneOf(issue.options)}` : message;
    case 'too_small':
      if (!message.startsWith('Too small: ')) return message;
      return issue.origin === 'string' && Number(issue.minimum) === 1
        ? 'must not be empty'
        : bound(issue, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      if (!message.startsWith('Too big: ')) return message;
      return bound(issue, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'unrecognized_keys':
      if (!message.startsWith('Unrecognized key')) return message;
      return `unknown ${issue.keys.length === 1 ? 'name' : 'names'} ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
    default:
      return message;
  }
}

const oneOf = (values: readonly unknown[]): string => {
  const shown = values.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)));
  return shown.length === 1 ? shown.join('') : `one of ${shown.join(', ')}`;
};

/** `must be at least 1`; of text and lists, `must have at least 1 entry`. */
function bound({ origin }: { origin: string }, relation: string, limit: number | bigint): string {
  const [one, many] = origin === 'string' ? ['character', 'characters'] : ['entry', 'entries'];
  if (['string', 'array', 'set', 'map', 'object', 'file'].includes(origin))
    return `must have ${relation} ${limit} ${Number(limit) === 1 ? one : many}`;
  return `must be ${relation} ${limit}`;
}
