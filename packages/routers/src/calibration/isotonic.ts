import type { Observations } from './observations.js';

/** A monotone curve through (score, chance) points, linear between them and flat beyond. */
export interface IsotonicCurve {
  method: 'isotonic';
  /** Ascending. */
  scores: number[];
  /** Ascending, above 0 and below 1. */
  chances: number[];
}

interface Block {
  weight: number;
  /** Sums over the block. */
  score: number;
  outcome: number;
}

/**
 * Isotonic regression by pooling adjacent violators (Zadrozny and Elkan 2002): the ascending step function of least squared
 * error, drawn as a line through the middle of each step. A step is held half an observation away from 0 and 1.
 */
export function fitIsotonic({ scores, outcomes }: Observations): IsotonicCurve {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]! || a - b);
  const blocks: Block[] = [];
  let before = NaN;
  for (const i of order) {
    const last = blocks[blocks.length - 1];
    // Equal scores are one block from the start: what is given for a score cannot depend on the order of rows.
    if (last && scores[i] === before) {
      last.weight++;
      last.score += scores[i];
      last.outcome += outcomes[i]!;
    } else {
      if (last) pool(blocks);
      blocks.push({ weight: 1, score: scores[i]!, outcome: outcomes[i]! });
    }
    before = scores[i]!;
  }
  pool(blocks);
  return {
    method: 'isotonic',
    scores: blocks.map(({ score, weight }) => score / weight),
    chances: ascending(blocks.map(({ outcome, weight }) => (outcome + 0.5) / (weight + 1))),
  };
}

/** Merges the last block into those before it as long as it lies lower. */
function pool(blocks: Block[]): void {
  while (blocks.length > 1) {
    const [a, b] = [blocks[blocks.length - 2]!, blocks[blocks.length - 1]!];
    if (a.outcome / a.weight < b.outcome / b.weight) return;
    a.weight += b.weight;
    a.score += b.score;
    a.outcome += b.outcome;
    blocks.pop();
  }
}

/** Small blocks are drawn towards ½ more than large ones, which may put one below its neighbour. */
function ascending(values: number[]): number[] {
  let highest = 0;
  return values.map((value) => (highest = Math.max(highest, value)));
}

/** The curve at a score. */
export function isotonicChance({ scores, chances }: IsotonicCurve, score: number): number {
  let [low, high] = [0, scores.length - 1];
  if (!(score > scores[low]!)) return chances[low]!;
  if (!(score < scores[high]!)) return chances[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (scores[middle]! <= score) low = middle;
    else high = middle;
  }
  const share = (score - scores[low]!) / (scores[high]! - scores[low]!);
  return chances[low]! + share * (chances[high]! - chances[low]!);
}
