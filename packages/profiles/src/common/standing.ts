import type { HeteroGraph, ModelCard, Relation } from '@routeprofile/schema';
import { nodeSet } from '@routeprofile/graph';

/** Ranges below this count as equal scores. */
export const SMALLEST_RANGE = 1e-8;

/**
 * Where each score's source lies: 0 for candidates, 1 for auxiliary models. Candidates are measured on the dataset's own
 * queries, auxiliary models bring numbers published elsewhere; on one task the two differ by tens of points.
 */
export function scoreSources(graph: HeteroGraph, cards: readonly ModelCard[]): Uint8Array {
  const auxiliary = new Set(cards.filter((card) => card.auxiliary).map((card) => card.name));
  return Uint8Array.from(nodeSet(graph, 'model')?.names ?? [], (name) => (auxiliary.has(name) ? 1 : 0));
}

/** The ends of a relation's edges: models, and what they are measured on. Of a relation without models: sources and targets. */
export function endsOf(relation: Relation): { models: Int32Array | null; tasks: Int32Array } {
  if (relation.source === 'model') return { models: relation.sourceIndex, tasks: relation.targetIndex };
  if (relation.target === 'model') return { models: relation.targetIndex, tasks: relation.sourceIndex };
  return { models: null, tasks: relation.targetIndex };
}

/**
 * Standing of each scored edge among the edges of the same task: (score − min) / (max − min), in [0, 1].
 * One half where all scores of the task are equal or there is only one, as nothing can be told from it.
 * @param sources class of each model node; standings are taken within a class. Absent: all models together.
 */
export function standings(relation: Relation, scores: Float32Array, sources?: Uint8Array): Float32Array {
  const { models, tasks } = endsOf(relation);
  const groupOf = (e: number) => 2 * tasks[e]! + (sources && models ? sources[models[e]!]! : 0);
  const ranges = new Map<number, { min: number; max: number }>();
  scores.forEach((score, e) => {
    const range = ranges.get(groupOf(e));
    if (!range) ranges.set(groupOf(e), { min: score, max: score });
    else {
      range.min = Math.min(range.min, score);
      range.max = Math.max(range.max, score);
    }
  });
  return scores.map((score, e) => {
    const { min, max } = ranges.get(groupOf(e))!;
    return max - min < SMALLEST_RANGE ? 0.5 : (score - min) / (max - min);
  });
}
