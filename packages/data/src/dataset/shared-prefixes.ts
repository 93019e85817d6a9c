import type { QueryRecord, DatasetOptions } from '@routeprofile/schema';
import { plural } from './text.js';

/** Shorter beginnings than this cost an encoder little; characters. */
const MIN_LENGTH = 400;
/** A beginning is shared when at least this many texts have it, and at least this share of them. */
const MIN_TEXTS = 20;
const MIN_SHARE = 0.01;

function commonLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let n = 0;
  while (n < most && a.charCodeAt(n) === b.charCodeAt(n)) n++;
  return n;
}

/** Up to and with the last line break, so that the beginning of the question itself is not taken for part of the examples. */
const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1);

/**
 * Long beginnings that many texts share, such as few-shot examples: an encoder that reads them sees the same text again and
 * again, and little of the question. For each text, the longest beginning of whole lines that it has in common with enough others;
 * of a beginning and a longer one that holds it, both are kept, for other texts may have only the shorter.
 *
 * Neighbours in sorted order share the most, so what k texts share is the least that k sorted neighbours share pairwise:
 * O(n log n) comparisons.
 *
 * @returns longest first
 */
export function sharedPrefixes(texts: readonly string[]): string[] {
  const sorted = [...new Set(texts)].sort();
  const enough = Math.max(MIN_TEXTS, Math.ceil(sorted.length * MIN_SHARE));
  const withNext = Array.from({ length: Math.max(0, sorted.length - 1) }, (_, i) =>
    commonLength(sorted[i]!, sorted[i + 1]!),
  );
  const found = new Set<string>();
  for (let start = 0; start + enough <= sorted.length; start++) {
    let shared = Infinity;
    for (let i = start; i < start + enough - 1 && shared >= MIN_LENGTH; i++) shared = Math.min(shared, withNext[i]!);
    if (shared < MIN_LENGTH) continue;
    const prefix = wholeLines(sorted[start]!.slice(0, shared));
    if (prefix.length >= MIN_LENGTH) found.add(prefix);
  }
  return [...found].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

/** The shared prefixes of a dataset's training queries, for the dataset and as a warning; nothing of either when they are kept. */
export function findSharedPrefixes(
  queries: readonly QueryRecord[],
  { sharedPrefix }: Pick<DatasetOptions, 'sharedPrefix'>,
): { found: { sharedPrefixes?: string[] }; warnings: string[] } {
  const texts = queries.map(({ text }) => text);
  const prefixes = sharedPrefix === 'strip' ? sharedPrefixes(texts) : [];
  if (prefixes.length === 0) return { found: {}, warnings: [] };
  const having = texts.filter((text) => prefixes.some((prefix) => text.startsWith(prefix))).length;
  const lengths = prefixes.map(({ length }) => length.toLocaleString('en-US')).join(', ');
  return {
    found: { sharedPrefixes: prefixes },
    warnings: [
      `${having} of ${plural(texts.length, 'training query', 'training queries')} begin with a text that many share (${lengths} characters): queries are encoded without it.`,
    ],
  };
}
