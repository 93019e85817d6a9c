import { createMatrix, rowOf, type Matrix } from '@routeprofile/schema';
import { addHashed, alphabeticFeatures, characterGrams, countFeatures, type WordFeatures } from '../hash/features.js';
import { LOGOGRAPHIC, type Unseen } from './unseen.js';

/** Numbers in the block for what a vocabulary cannot spell, where no option says otherwise. */
export const HASHED_DIMENSIONS = 256;

/** One to three characters of such scripts are a word, seldom more. */
const LOGOGRAPH_GRAMS = [1, 2, 3] as const;

const featuresOf = (word: string): WordFeatures =>
  LOGOGRAPHIC.test(word) ? { whole: false, grams: characterGrams(word, LOGOGRAPH_GRAMS) } : alphabeticFeatures(word);

/**
 * The vectors with a block appended for what their encoder could not see. With u the unseen share of a text, v its unit
 * vector and h the unit vector of its unseen words' hashed features, the row is `[√(1−u) v, √u h]`: of unit length, and
 * the cosine of two texts of equal u is `(1−u) cos(v, v′) + u cos(h, h′)`. A text without unseen words keeps v bit for bit, followed
 * by zeros; a text of nothing else has zeros in place of v, which such texts share.
 * @param vectors [texts × dimensions]
 * @param unseen one per text
 * @param hashed numbers in the block
 * @returns [texts × (dimensions + hashed)]
 */
export function appendHashedBlock(vectors: Matrix, unseen: readonly Unseen[], hashed: number): Matrix {
  const { rows, cols } = vectors;
  const out = createMatrix(rows, cols + hashed);
  unseen.forEach(({ words, share }, i) => {
    const target = rowOf(out, i);
    target.set(rowOf(vectors, i));
    if (words.length === 0) return;
    const seenScale = Math.sqrt(1 - share);
    for (let d = 0; d < cols; d++) target[d]! *= seenScale;
    const block = hashedWords(words, hashed);
    const blockScale = Math.sqrt(share);
    for (let d = 0; d < hashed; d++) target[cols + d] = blockScale * block[d]!;
  });
  return out;
}

/** Of unit length. */
function hashedWords(words: readonly string[], dimensions: number): Float64Array {
  const block = new Float64Array(dimensions);
  for (const [feature, count] of countFeatures(words, featuresOf)) addHashed(feature, count, block);
  // Features of equal weight and opposite sign may meet; a text of nothing but such ones is known by its whole self.
  if (block.every((x) => Math.abs(x) < 1e-9)) addHashed(`text ${words.join(' ')}`, 1, block.fill(0));
  const norm = Math.sqrt(block.reduce((sum, x) => sum + x * x, 0));
  return block.map((x) => x / norm);
}
