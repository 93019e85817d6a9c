import { createMatrix, rowOf, type Matrix } from '@routeprofile/schema';
import { softmax } from '@routeprofile/numerics';

/** Differences of cosine of this size matter. */
const TEMPERATURE = 0.05;

/** Models whose abilities are known. */
interface Known {
  /** Rows of `texts` of all models. */
  positions: readonly number[];
  /** Which of those models. */
  rows: readonly number[];
  /** [models × dimensions] */
  abilities: Matrix;
}

/**
 * Abilities as the mean of the known models', weighted by softmax(cosine of their texts / 0.05): kernel regression of abilities
 * on texts. It never leaves the range of what is known.
 * @param texts [graph's models × width], unit rows
 * @param wanted rows of `texts`
 */
export function byLikeTexts(texts: Matrix, { positions, rows, abilities }: Known, wanted: readonly number[]): Matrix {
  const out = createMatrix(wanted.length, abilities.cols);
  wanted.forEach((position, i) => {
    const own = rowOf(texts, position);
    const cosines = rows.map((m) => {
      const other = rowOf(texts, positions[m]!);
      return own.reduce((sum, x, d) => sum + x * other[d]!, 0);
    });
    const shares = softmax(cosines, TEMPERATURE);
    rows.forEach((m, k) => rowOf(abilities, m).forEach((ability, d) => (rowOf(out, i)[d]! += shares[k]! * ability)));
  });
  return out;
}
