/** Sizes of the character n-grams that a word with its edges is cut into. */
const GRAM_SIZES = [3, 4] as const;

/** The n-grams of a text, in code points, size by size. */
export function characterGrams(text: string, sizes: readonly number[]): string[] {
  const symbols = [...text];
  return sizes.flatMap((n) =>
    Array.from({ length: Math.max(0, symbols.length - n + 1) }, (_, start) => symbols.slice(start, start + n).join('')),
  );
}

/** What one word is known by. */
export interface WordFeatures {
  /** Whether the word counts as a whole. */
  whole: boolean;
  grams: readonly string[];
}

/** A word of an alphabet: itself, and the 3- and 4-grams of its characters with its edges. */
export const alphabeticFeatures = (word: string): WordFeatures => ({
  whole: true,
  grams: characterGrams(`<${word}>`, GRAM_SIZES),
});

/** How often each feature of a text occurs: those of its words, and pairs of neighbours. */
export function countFeatures(
  words: readonly string[],
  featuresOf: (word: string) => WordFeatures = alphabeticFeatures,
): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (feature: string) => counts.set(feature, (counts.get(feature) ?? 0) + 1);
  words.forEach((word, i) => {
    const { whole, grams } = featuresOf(word);
    if (whole) count(`word ${word}`);
    if (i > 0) count(`pair ${words[i - 1]} ${word}`);
    for (const gram of grams) count(`gram ${gram}`);
  });
  return counts;
}

/**
 * Feature hashing (Weinberger et al., arXiv 0902.2206): every feature adds ± w (1 + ln count) to one number of the row, sign
 * and place chosen by its hash; w is 1 for a word, 0.5 for a pair, 0.3 for an n-gram.
 */
export function addHashed(counts: ReadonlyMap<string, number>, row: Float32Array | Float64Array): void {
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
