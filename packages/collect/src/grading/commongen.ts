import { baseForms } from './base-forms.js';

const WORD = /[\p{L}\p{N}]+/gu;
const words = (text: string): string[] =>
  text
    .toLowerCase()
    .replaceAll(/['’]s\b/g, '')
    .match(WORD) ?? [];

/**
 * Our definition; the published one is unknown, and no equality with its labels is claimed. The share of the distinct
 * concepts that the response covers. A concept is covered when each of its words is a word of the response, or the base
 * form of one (see `baseForms`): `jog` is covered by `jogged`, not by `jogger`, and `pit` not by `spit`.
 * @param concepts separated by commas
 * @returns 0–1; null when there are no concepts
 */
export function commongenCoverage(response: string, concepts: string): number | null {
  const wanted = new Set(
    concepts
      .split(',')
      .map((concept) => words(concept).join(' '))
      .filter((concept) => concept !== ''),
  );
  if (wanted.size === 0) return null;
  const said = new Set(words(response).flatMap((word) => [...baseForms(word)]));
  const covered = [...wanted].filter((concept) => concept.split(' ').every((word) => said.has(word)));
  return covered.length / wanted.size;
}
