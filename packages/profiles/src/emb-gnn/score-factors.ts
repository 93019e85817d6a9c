import type { HeteroGraph } from '@routeprofile/schema';
import { SMALLEST_RANGE, standings } from '../common/standing.js';

/** One factor per edge of every scored relation, by the relation's name; relations not named here have factor 1. */
export type EdgeFactors = ReadonlyMap<string, Float32Array>;

/** How raw scores become factors; see `scoreFactors`. Nothing but `sources` has a default. */
export interface ScoreFactorOptions {
  /** Scores are compared within each task, or over all edges of the relation, as published. */
  scores: 'per-task' | 'global';
  /** The lowest score's factor, in [0, 1] (0 as published); factors are floor + (1 − floor) × scaled score. */
  floor: number;
  /** Shape [models]: class of each model node; per-task scores are scaled within a class. Absent: all together. */
  sources?: Uint8Array;
}

/**
 * Raw scores → what they multiply messages with (c in the formula of `propagate`), one factor per edge, in [floor, 1].
 *
 * `global` (published): (s − min) / (max − min) over all edges of the relation, all 1 where the range is nothing. Hard tasks
 * then weigh little for everybody, and the lowest score of all deletes its edge. `per-task`: the same within each task, so
 * that the factor tells how a model stands among those measured alike; one half where there is nothing to compare with.
 */
export function scoreFactors(
  { relations }: HeteroGraph,
  { scores: scope, floor, sources }: ScoreFactorOptions,
): EdgeFactors {
  const factors = new Map<string, Float32Array>();
  for (const relation of relations) {
    if (!relation.scores) continue;
    const scaled = scope === 'global' ? overall(relation.scores) : standings(relation, relation.scores, sources);
    factors.set(
      relation.name,
      scaled.map((x) => floor + (1 - floor) * x),
    );
  }
  return factors;
}

function overall(scores: Float32Array): Float32Array {
  let min = Infinity;
  let max = -Infinity;
  for (const score of scores) {
    min = Math.min(min, score);
    max = Math.max(max, score);
  }
  return max - min < SMALLEST_RANGE
    ? new Float32Array(scores.length).fill(1)
    : scores.map((s) => (s - min) / (max - min));
}
