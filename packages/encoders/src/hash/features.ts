/** Sizes of the character n-grams that a word with its edges is cut into. */
const GRAM_SIZES = [3, 4] as const;

/** Two UTF-16 units that make one code point. */
const PAIR = /[\ud800-\udbff][\udc00-\udfff]/;

/** The n-grams of a text, in code points, size by size. */
export function* characterGrams(text: string, sizes: readonly number[]): Generator<string> {
  const symbols = PAIR.test(text) ? [...text] : undefined;
  const { length } = symbols ?? text;
  for (const n of sizes)
    for (let start = 0; start + n <= length; start++)
      yield symbols ? symbols.slice(start, start + n).join('') : text.slice(start, start + n);
}

/** What one word is known by. */
export interface WordFeatures {
  /** Whether the word counts as a whole. */
  whole: boolean;
  grams: Iterable<string>;
}

/** A word of an alphabet: itself, and the 3- and 4-grams of its characters with its edges. */
export const alphabeticFeatures = (word: string): WordFeatures => ({
  whole: true,
  grams: characterGrams(`<${word}>`, GRAM_SIZES),
});

/** The features of a text, in reading order: those of its words, and pairs of neighbours. */
export function* featuresIn(
  words: readonly string[],
  featuresOf: (word: string) => WordFeatures = alphabeticFeatures,
): Generator<string> {
  for (const [i, word] of words.entries()) {
    const { whole, grams } = featuresOf(word);
    if (whole) yield `word ${word}`;
    if (i > 0) yield `pair ${words[i - 1]} ${word}`;
    for (const gram of grams) yield `gram ${gram}`;
  }
}

/** How often each feature of a text occurs. */
export function countFeatures(
  words: readonly string[],
  featuresOf: (word: string) => WordFeatures,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const feature of featuresIn(words, featuresOf)) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  return counts;
}

/**
 * Feature hashing (Weinberger et al., arXiv 0902.2206): every feature adds ± w (1 + ln count) to one number of the row, sign
 * and place chosen by its hash; w is 1 for a word, 0.5 for a pair, 0.3 for an n-gram.
 */
export function addHashed(feature: string, count: number, row: Float32Array | Float64Array): void {
  const hash = hashText(feature);
  row[hash % row.length]! += (hash & 0x8000_0000 ? -1 : 1) * weightOf(feature) * (1 + Math.log(count));
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
