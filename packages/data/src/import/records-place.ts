import { RouteProfileError } from '@routeprofile/schema';
import { someOf } from '../dataset/text.js';
import { isFields, parsePath, recordsAt, type Fields, type Path } from './paths.js';
import { assertRecordsPath } from './readers/json.js';
import type { Reader } from './readers/table.js';

/** Where a person says that the records are. @throws RouteProfileError BAD_OPTION */
export function recordsPath(text: string): Path {
  const path = parsePath(text);
  if (path === null)
    throw new RouteProfileError('BAD_OPTION', `records: ${JSON.stringify(text)} is not a path`, {
      hint: 'Give the keys that lead to the records, with points between, such as results.results.',
    });
  assertRecordsPath(path);
  return path;
}

/** Where the records of a JSON document are, if it is one object with one list of objects in it. */
export function placeOfRecords(path: string, { sample, isDocument }: Reader): Path {
  const [only, ...others] = sample;
  if (!isDocument || others.length > 0 || !isFields(only)) return [];
  const lists = listsIn(only);
  if (lists.length === 1) return lists[0]!;
  if (lists.length === 0) return [];
  throw new RouteProfileError(
    'BAD_INPUT',
    `${path}: is an object with several lists of records: ${someOf(lists.map((list) => list.join('.')))}`,
    { hint: `Say which one: --records ${lists[0]!.join('.')}` },
  );
}

const DEEPEST = 4;

/** Paths of lists of objects that are not messages, outside of other lists. */
function listsIn(value: Fields, at: readonly string[] = []): string[][] {
  return Object.entries(value).flatMap(([key, member]) => {
    const path = [...at, key];
    if (Array.isArray(member)) {
      const items = [...recordsAt(member, [])];
      const isRecords = items.length > 0 && items.every(isFields) && !items.some((item) => 'role' in item);
      return isRecords ? [path] : [];
    }
    return isFields(member) && path.length < DEEPEST ? listsIn(member, path) : [];
  });
}
