import type { z } from 'zod';

/** What is wrong at one place of a value; the message in plain words. */
interface Fault extends Pick<z.core.$ZodIssue, 'path' | 'message'> {
  /** Names that are not known at this place. */
  unknown: readonly string[];
}

/** How far into a value a fault is; one of unknown names is at the names, not at what holds them. */
const depthOf = ({ path, unknown }: Fault): number => path.length + (unknown.length > 0 ? 1 : 0);

/** How many of a value's own names have a fault at or below them. */
const namesAtFault = (faults: readonly Fault[]): number =>
  new Set(faults.flatMap(({ path, unknown }) => (path.length > 0 ? path.slice(0, 1).map(String) : unknown))).size;

/**
 * What an issue says is wrong. Of a value that fits none of several forms: all that is wrong with the form that it comes closest to,
 * which is the one that is met deepest, then the one with the fewest names at fault.
 */
export function closestFaults(issue: z.core.$ZodIssue): Fault[] {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const own: Fault = { path: issue.path, message: plainMessage(issue), unknown };
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [own];
  const forms = issue.errors
    .map((issues) => issues.flatMap(closestFaults))
    .map((faults) => ({ faults, depth: Math.max(...faults.map(depthOf)), names: namesAtFault(faults) }))
    .toSorted((a, b) => b.depth - a.depth || a.names - b.names);
  const [closest] = forms;
  if (closest !== undefined && closest.depth > 0)
    return closest.faults.map((fault) => ({ ...fault, path: [...issue.path, ...fault.path] }));
  const messages = new Set(forms.flatMap(({ faults }) => faults.map(({ message }) => message)));
  return [{ ...own, message: [...messages].join('; or ') || own.message }];
}

/** One line of a zod issue: `path.to.field: what is wrong`. */
export const issueText = (issue: z.core.$ZodIssue): string =>
  closestFaults(issue)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`))
    .join('; ');

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
