import { UNKNOWN, type Segmentation } from '@routeprofile/encoder-static';
import { tokensRead, type WindowPolicy } from '../use-lite/windows.js';

/** What of a text the vocabulary cannot spell. */
export interface Unseen {
  /** Words with an unknown piece in them, in reading order, lower-cased. */
  words: readonly string[];
  /** Their share of the text's characters, white space aside: 0 to 1. */
  share: number;
}

/** Scripts whose characters are words or syllables, mostly written without spaces. */
const LOGOGRAPHS = '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}ー\\p{sc=Hangul}\\p{sc=Bopomofo}\\p{sc=Yi}';
export const LOGOGRAPHIC = new RegExp(`[${LOGOGRAPHS}]`, 'u');

/**
 * Words: a stretch of logographs, of Latin letters and digits, of other letters, or one symbol. Scripts part words because
 * many languages write no space between them (`用Python写`).
 */
const WORD = new RegExp(
  [
    `[${LOGOGRAPHS}]+`,
    '[\\p{sc=Latin}\\p{N}][\\p{sc=Latin}\\p{N}\\p{M}]*',
    `(?:(?![\\p{sc=Latin}${LOGOGRAPHS}])[\\p{L}\\p{M}\\p{N}])+`,
    '[^\\s\\p{L}\\p{M}\\p{N}]',
  ].join('|'),
  'gu',
);

const characters = (text: string): number => [...text].length;

/**
 * A word with an unknown piece counts as unseen whole: what is left of it says little (`Gr`, `e` of `Grüße`; a few single
 * letters of Cyrillic). White space is never unseen.
 * @param policy what of a long text is read, and so counts
 */
export function unseenOf({ text, ids, ends }: Segmentation, policy: WindowPolicy): Unseen {
  const [first, past] = tokensRead(ids.length, policy);
  const startOf = (token: number) => (token === 0 ? 0 : ends[token - 1]!);
  const unknown: [start: number, end: number][] = [];
  for (let token = first; token < past; token++)
    if (ids[token] === UNKNOWN) unknown.push([startOf(token), ends[token]!]);
  if (unknown.every(([start, end]) => text.slice(start, end).trim() === '')) return { words: [], share: 0 };

  const offset = startOf(first);
  const words: string[] = [];
  let unseen = 0;
  let all = 0;
  let next = 0;
  for (const { 0: word, index } of text.slice(offset, ends[past - 1]).matchAll(WORD)) {
    const start = offset + index;
    const size = characters(word);
    all += size;
    while (next < unknown.length && unknown[next]![1] <= start) next++;
    if (next === unknown.length || unknown[next]![0] >= start + word.length) continue;
    unseen += size;
    words.push(word.toLowerCase());
  }
  return { words, share: unseen / all };
}
