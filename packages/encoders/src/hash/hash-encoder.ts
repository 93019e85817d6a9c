import {
  createMatrix,
  normalizeRows,
  parseOptions,
  rowOf,
  throwIfAborted,
  z,
  type Encoder,
} from '@routeprofile/schema';

/** The options of `hash`: `dimensions` from 8 to 65,536, default 512. */
export const hashOptionsSchema = z.strictObject({
  dimensions: z.number().int().min(8).max(65_536).default(512),
});
/** Options of `hash` as people write them: `dimensions`, default 512. */
export type HashOptions = z.input<typeof hashOptionsSchema>;

/** Changes whenever a text would get another vector. */
export const HASH_VERSION = '1';
const CHARACTER_GRAMS = [3, 4] as const;

/**
 * Feature hashing (Weinberger et al., arXiv 0902.2206): every feature adds ± w (1 + ln count) to one dimension, sign
 * and dimension chosen by its hash; rows have unit length. Features of the NFKC-normalised, lower-cased text: words and
 * punctuation marks (w = 1), pairs of neighbours (0.5), 3- and 4-grams of characters of each word with its edges (0.3). A text without any has the
 * vector of a feature of its own. It knows words, not meanings.
 * @throws RouteProfileError BAD_OPTION.
 */
export function hashEncoder(options: HashOptions = {}): Encoder {
  const { dimensions } = parseOptions({ name: 'hash', options: hashOptionsSchema }, options);
  return {
    specVersion: 1,
    id: `hash@${HASH_VERSION}:dimensions=${dimensions}`,
    dimensions,
    async encode(texts, ctx) {
      throwIfAborted(ctx);
      const out = createMatrix(texts.length, dimensions);
      for (let i = 0; i < texts.length; i++) {
        addFeatures(texts[i]!, rowOf(out, i));
        if ((i + 1) % 512 === 0 && i + 1 < texts.length) {
          ctx?.onProgress?.({ stage: 'encode', done: i + 1, total: texts.length, unit: 'texts' });
          await new Promise((resolve) => setTimeout(resolve, 0));
          throwIfAborted(ctx);
        }
      }
      return normalizeRows(out);
    },
  };
}

function addFeatures(text: string, row: Float32Array): void {
  const counts = new Map<string, number>();
  const count = (feature: string) => counts.set(feature, (counts.get(feature) ?? 0) + 1);
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];
  if (words.length === 0) count('nothing');
  words.forEach((word, i) => {
    count(`word ${word}`);
    if (i > 0) count(`pair ${words[i - 1]} ${word}`);
    const symbols = [...`<${word}>`];
    for (const n of CHARACTER_GRAMS)
      for (let start = 0; start + n <= symbols.length; start++)
        count(`gram ${symbols.slice(start, start + n).join('')}`);
  });
  for (const [feature, n] of counts) {
    const hash = hashText(feature);
    row[hash % row.length]! += (hash & 0x8000_0000 ? -1 : 1) * weightOf(feature) * (1 + Math.log(n));
  }
}

/** Unequal, so that a word and its own gram cannot meet in one dimension and cancel to nothing. */
const weightOf = (feature: string): number =>
  feature.startsWith('gram ') ? 0.3 : feature.startsWith('pair ') ? 0.5 : 1;

/** FNV-1a over UTF-16 units with MurmurHash3's finaliser, 32 bits unsigned. */
function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
