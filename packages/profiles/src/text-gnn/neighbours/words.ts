import type { Measurement } from './scores.js';

/** 88.666 → `88.67`. */
export const scoreText = (score: number): string => String(Number(score.toFixed(2)));

const suffix = (n: number) =>
  n % 100 >= 11 && n % 100 <= 13 ? 'th' : n % 10 === 1 ? 'st' : n % 10 === 2 ? 'nd' : n % 10 === 3 ? 'rd' : 'th';

/** `best of 8`, `2nd of 8`, `last of 8`; nothing for a model that nobody is compared with. */
function placeText({ place, of, score }: Measurement): string | undefined {
  if (score === undefined || of < 2) return undefined;
  if (place === 1) return `best of ${of}`;
  return place === of ? `last of ${of}` : `${place}${suffix(place)} of ${of}`;
}

/** `score 88.67, 2nd of 8`. */
export function measurementText(one: Measurement): string | undefined {
  if (one.score === undefined) return undefined;
  return [`score ${scoreText(one.score)}`, placeText(one)].filter((part) => part !== undefined).join(', ');
}

/** `a, b and c`. */
export const list = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** `name (88.67, 2nd of 8)`, the score alone where no place is known. */
export function named(name: string, one: Measurement, withPlace = true): string {
  if (one.score === undefined) return name;
  const place = withPlace ? placeText(one) : undefined;
  return `${name} (${[scoreText(one.score), ...(place === undefined ? [] : [place])].join(', ')})`;
}
