/** The ends of a scale: `low` is the worst score, `high` the best. */
export interface Scale {
  low: number;
  high: number;
}

export const PERCENT: Scale = { low: 0, high: 100 };
const ENDS = /^(-?\d+(?:\.\d+)?)\s*(?:-|–|\.\.|:)\s*(-?\d+(?:\.\d+)?)$/;

/** `percent`, `as-is` or `LOW-HIGH`; null when the text is none of these. */
function parseScale(text: string): Scale | 'as-is' | null {
  const word = text.trim().toLowerCase();
  if (word === 'as-is') return 'as-is';
  if (word === 'percent' || word === '%') return PERCENT;
  const ends = ENDS.exec(word);
  if (ends === null) return null;
  const [low, high] = [Number(ends[1]), Number(ends[2])];
  return low < high ? { low, high } : null;
}

/** The scales that were given: of some tasks, and of all others. */
export interface GivenScales {
  tasks: ReadonlyMap<string, Scale | 'as-is'>;
  others?: Scale | 'as-is';
}

/** `1-5`, `judge=1-10`, or several with commas between: a scale for all tasks, or for some. Null when the text is neither. */
export function parseScales(text: string): GivenScales | null {
  const tasks = new Map<string, Scale | 'as-is'>();
  let others: Scale | 'as-is' | undefined;
  for (const part of text.split(',')) {
    const at = part.lastIndexOf('=');
    const [task, scale] = [part.slice(0, Math.max(0, at)).trim(), parseScale(part.slice(at + 1))];
    if (scale === null || (at === -1 ? others !== undefined : task === '' || tasks.has(task))) return null;
    if (at === -1) others = scale;
    else tasks.set(task, scale);
  }
  return { tasks, ...(others !== undefined && { others }) };
}

/** A score on its scale → 0 to 1; null when it lies outside. */
export const toUnit = (score: number, { low, high }: Scale): number | null =>
  score < low || score > high ? null : (score - low) / (high - low);

/** The scale that scores up to `most` are probably on, as `--scale` takes it. */
export const likelyScale = (least: number, most: number): string =>
  least < 0
    ? `${Math.floor(least)}-${Math.ceil(most)}`
    : most <= 5
      ? // Stars begin at one.
        `${least >= 1 ? 1 : 0}-5`
      : most <= 10
        ? '0-10'
        : 'percent';

const RIGHT = [
  ...['up', 'thumbs up', 'thumbsup', 'thumb up', '👍', 'like', 'liked', 'pass', 'passed', 'true', 't', 'correct'],
  ...['right', 'c', 'yes', 'y', 'good', 'positive', 'success', 'succeeded', 'accept', 'accepted', 'win', '✓', '✅'],
];
const WRONG = [
  ...['down', 'thumbs down', 'thumbsdown', 'thumb down', '👎', 'dislike', 'disliked', 'fail', 'failed', 'false', 'f'],
  ...['incorrect', 'wrong', 'i', 'no', 'n', 'bad', 'negative', 'failure', 'reject', 'rejected', 'loss', '✗', '❌'],
];
const WORDS: ReadonlyMap<string, 0 | 1> = new Map([
  ...RIGHT.map((word) => [word, 1] as const),
  ...WRONG.map((word) => [word, 0] as const),
]);

/** Words of one's own, as they are written: 1 or 0. */
export type OwnWords = ReadonlyMap<string, 0 | 1>;

export const ownWords = (good: readonly string[], bad: readonly string[]): OwnWords =>
  new Map([
    ...good.map((word) => [word.trim().toLowerCase(), 1] as const),
    ...bad.map((word) => [word.trim().toLowerCase(), 0] as const),
  ]);

/** A score in words: 1 for `up`, `pass`, `correct`, 👍 …, 0 for their contraries, undefined for any other text. */
export const scoreOfWord = (text: string): 0 | 1 | undefined =>
  WORDS.get(
    text
      .trim()
      .toLowerCase()
      // Skin tones and the sign that asks for a picture do not change a thumb.
      .replace(/[\u{1F3FB}-\u{1F3FF}]|\uFE0F/gu, '')
      .replace(/[_-]+/g, ' '),
  );
