import { isFields, type Fields } from '@routeprofile/schema';
export { isFields, type Fields } from '@routeprofile/schema';

/** A step of a path: a key, an index into a list (negative from its end), or null for any one. */
type Step = string | number | null;
/** Where a value lies in a record: `vars.question`, `choices[0].message`, `scores.*.value`. */
export type Path = readonly Step[];

const NAME = /[^.[\]]+/y;
const INDEX = /\[(-?\d+)\]/y;
const QUOTED = /\[("(?:[^"\\]|\\.)*")\]/y;

/**
 * Reads a path: keys with points between them, `[2]` for an item of a list, `["a.b"]` for a key with points, `*` for any one
 * key or item. The empty text is the record itself. Null when the text is not a path.
 */
export function parsePath(text: string): Path | null {
  const path: Step[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  while (at < text.length) {
    const bracket = text[at] === '[';
    if (bracket) {
      const index = match(INDEX);
      const quoted = index === null ? match(QUOTED) : null;
      const key = quoted === null ? null : unquoted(quoted[1]!);
      if (index !== null) path.push(Number(index[1]));
      else if (key !== null) path.push(key);
      else return null;
      continue;
    }
    if (path.length > 0) {
      if (text[at] !== '.') return null;
      at++;
    }
    const name = match(NAME)?.[0];
    if (name === undefined) return null;
    path.push(name === '*' ? null : name);
  }
  return path;
}

function unquoted(text: string): string | null {
  try {
    return JSON.parse(text) as string;
  } catch {
    // An escape that JSON does not know: no path.
    return null;
  }
}

/** What a text of JSON holds, where it is one of an object or a list; the text itself otherwise. */
export function unpacked(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    // A text that merely begins like JSON.
    return value;
  }
}

/**
 * The value that a path leads to; undefined where there is none. A key of digits is an item of a list, `*` the first key or
 * item that leads to a value other than null, and a key that a list lacks is looked for in its items. Cells of a CSV may
 * hold JSON: paths lead on into it.
 */
export function valueAt(value: unknown, path: Path, from = 0): unknown {
  if (from === path.length) return value;
  const step = path[from]!;
  const inside = unpacked(value);
  if (Array.isArray(inside)) {
    const items: readonly unknown[] = inside;
    if (typeof step === 'number') return valueAt(items.at(step), path, from + 1);
    if (typeof step === 'string' && /^\d+$/.test(step)) return valueAt(items[Number(step)], path, from + 1);
    return firstOf(items, path, step === null ? from + 1 : from);
  }
  if (!isFields(inside)) return undefined;
  if (step === null) return firstOf(Object.values(inside), path, from + 1);
  const key = String(step);
  return Object.hasOwn(inside, key) ? valueAt(inside[key], path, from + 1) : undefined;
}

function firstOf(values: readonly unknown[], path: Path, from: number): unknown {
  for (const value of values) {
    const found = valueAt(value, path, from);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

/** A record's value: the field of that very name, else what the path leads to. */
export function fieldAt(record: Fields, name: string, path: Path | null): unknown {
  if (Object.hasOwn(record, name)) return record[name];
  return path === null ? undefined : valueAt(record, path);
}

/**
 * The records that lie at a path: what is there, lists being taken apart, also on the way. Items that are not objects are
 * given as they are.
 */
export function* recordsAt(value: unknown, path: Path, from = 0): Generator<unknown> {
  if (Array.isArray(value)) {
    const step = path[from];
    if (typeof step === 'number') yield* recordsAt((value as unknown[]).at(step), path, from + 1);
    else for (const item of value as unknown[]) yield* recordsAt(item, path, from);
  } else if (from === path.length) yield value;
  else if (isFields(value)) {
    const step = path[from]!;
    if (step === null) for (const member of Object.values(value)) yield* recordsAt(member, path, from + 1);
    else if (Object.hasOwn(value, String(step))) yield* recordsAt(value[String(step)], path, from + 1);
  }
}
