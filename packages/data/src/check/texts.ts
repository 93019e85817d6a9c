import type { Oddity } from '@routeprofile/schema';
import { normalizeText, plural } from '../dataset/text.js';
import { excerpt, oddity } from './oddity.js';

interface LabelledText {
  text: string;
  task: string | null;
}

/** An encoder that reads 128 tokens sees about this many characters. */
const LONG_PREFIX = 400;

/** Texts that occur more than once, compared without case and spacing. */
export function duplicateQueries(where: string, queries: readonly LabelledText[]): Oddity[] {
  const counts = new Map<string, { count: number; first: LabelledText }>();
  for (const query of queries) {
    const key = normalizeText(query.text);
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { count: 1, first: query });
    else known.count++;
  }
  const repeated = [...counts.values()].filter(({ count }) => count > 1);
  const extra = repeated.reduce((sum, { count }) => sum + count - 1, 0);
  return oddity(
    'duplicate-queries',
    repeated.map(({ count, first }) => `${first.task ?? 'no task'}, ${count} times: ${excerpt(first.text)}`),
    (count) => `${where}: ${plural(count, 'query repeats', 'queries repeat')} the text of another`,
    extra,
  );
}

/** Test queries that are known from elsewhere, task by task. */
export function overlapOddity(
  kind: string,
  known: readonly string[],
  test: readonly LabelledText[],
  message: (count: number) => string,
): Oddity[] {
  const seen = new Set(known.map(normalizeText));
  const hits = test.filter(({ text }) => seen.has(normalizeText(text)));
  const perTask = new Map<string, number>();
  for (const { task } of hits) perTask.set(task ?? 'no task', (perTask.get(task ?? 'no task') ?? 0) + 1);
  const totals = (task: string) => test.filter((query) => (query.task ?? 'no task') === task).length;
  return oddity(
    kind,
    [...perTask].map(([task, count]) => `${task}: ${count} of ${totals(task)}`),
    message,
    hits.length,
  );
}

function commonPrefix(texts: readonly string[]): string {
  let prefix = texts[0] ?? '';
  for (const text of texts) {
    let length = 0;
    while (length < prefix.length && prefix[length] === text[length]) length++;
    prefix = prefix.slice(0, length);
  }
  return prefix;
}

/**
 * Prompts of one task that all begin alike for long: an encoder that reads only the beginning sees no difference.
 * One odd prompt must not hide it, so the prefix of nine in ten sorted neighbours counts.
 */
export function sharedPrefixes(queries: readonly LabelledText[]): Oddity[] {
  const byTask = new Map<string, string[]>();
  for (const { text, task } of queries) {
    const key = task ?? 'no task';
    const members = byTask.get(key);
    if (members === undefined) byTask.set(key, [text]);
    else members.push(text);
  }
  const found = [...byTask].flatMap(([task, texts]) => {
    const distinct = [...new Set(texts)].sort();
    const size = Math.ceil(distinct.length * 0.9);
    if (distinct.length < 5) return [];
    let longest = '';
    for (let start = 0; start + size <= distinct.length; start++) {
      // Sorted texts share what their first and last share.
      const prefix = commonPrefix([distinct[start]!, distinct[start + size - 1]!]);
      if (prefix.length > longest.length) longest = prefix;
    }
    return longest.length < LONG_PREFIX ? [] : [{ task, length: longest.length, text: longest }];
  });
  return oddity(
    'shared-prefix',
    found.map(({ task, length, text }) => `${task}: ${length.toLocaleString('en-US')} characters: ${excerpt(text)}`),
    (count) =>
      `${plural(count, 'task')} with prompts that share a prefix of over ${LONG_PREFIX} characters: an encoder that reads only the beginning cannot tell them apart`,
  );
}
