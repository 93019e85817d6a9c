import { dot } from '../neighbours/similarity.js';

export interface MmrItem {
  /** Unit length. */
  vector: Float32Array;
  /** Multiplies the relevance, in [0, 1]. */
  weight: number;
  /** What it takes of the budget. */
  size: number;
}

/**
 * Maximal marginal relevance (Carbonell & Goldstein, 1998): again and again the item of greatest
 * (1 − diversity) · weight · cos(item, centroid) − diversity · max cos(item, chosen), as long as one fits in the budget.
 * @param already vectors that count as chosen from the start
 * @returns positions in the order chosen; ties go to the first
 */
export function chooseByMmr(
  items: readonly MmrItem[],
  centroid: Float32Array,
  already: readonly Float32Array[],
  budget: number,
  diversity: number,
): number[] {
  const relevance = items.map(({ vector, weight }) => weight * dot(vector, centroid));
  const redundancy = items.map(({ vector }) => Math.max(0, ...already.map((other) => dot(vector, other))));
  const chosen: number[] = [];
  let left = budget;
  for (;;) {
    let best = -1;
    let bestScore = -Infinity;
    items.forEach(({ size }, i) => {
      if (size > left || chosen.includes(i)) return;
      const score = (1 - diversity) * relevance[i]! - diversity * redundancy[i]!;
      if (score > bestScore) [best, bestScore] = [i, score];
    });
    if (best < 0) return chosen;
    chosen.push(best);
    left -= items[best]!.size;
    items.forEach(({ vector }, i) => {
      redundancy[i] = Math.max(redundancy[i]!, dot(vector, items[best]!.vector));
    });
  }
}
