import type { LearnerArtifact } from '../learner.js';
import { takeRows } from '../matrix.js';
import type { Decision, RouterArtifact } from '../router.js';
import type { QueryBatch } from '../training.js';

/** How much a score may differ from one batch to another, and before and after saving. */
export const TOLERANCE = 1e-6;

/** The part of a batch with the given rows, without labels the strategy does not ask for. */
export function pickQueries(batch: QueryBatch, rows: number[], needsTasks: boolean): QueryBatch {
  return {
    texts: rows.map((i) => batch.texts[i]!),
    ...(batch.vectors && { vectors: takeRows(batch.vectors, rows) }),
    ...(batch.encoder && { encoder: batch.encoder }),
    ...(batch.ids && { ids: rows.map((i) => batch.ids![i]!) }),
    ...(needsTasks && batch.tasks && { tasks: rows.map((i) => batch.tasks![i]!) }),
  };
}

/** Largest difference of two lists of decisions in any model's score; infinite when they rank other models. */
export function largestDifference(a: readonly Decision[], b: readonly Decision[]): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  a.forEach((decision, i) => {
    const other = new Map(b[i]!.ranked.map((entry) => [entry.model, entry.score]));
    for (const { model, score } of decision.ranked)
      largest = Math.max(largest, Math.abs(score - (other.get(model) ?? Infinity)));
  });
  return largest;
}

/** What is wrong with decisions that have to rank every one of `models` once, best first, by finite scores. */
export function rankingProblems(decisions: readonly Decision[], models: readonly string[]): string[] {
  const wanted = [...models].sort().join();
  return decisions.flatMap(({ model, ranked }, q) => {
    const scores = ranked.map((entry) => entry.score);
    const names = ranked.map((entry) => entry.model);
    return [
      ...([...names].sort().join() === wanted ? [] : [`query ${q} ranks ${names.join(', ')}`]),
      ...(names[0] === model ? [] : [`query ${q} goes to ${model}, though ${names[0]} ranks first`]),
      ...(scores.every(Number.isFinite) ? [] : [`query ${q} has the scores ${scores.join(', ')}`]),
      ...(scores.every((score, i) => i === 0 || scores[i - 1]! >= score) ? [] : [`query ${q} is not ranked by score`]),
    ];
  });
}

/** An artifact as it comes back from files. */
export const throughJson = <A extends RouterArtifact | LearnerArtifact>({ manifest, weights }: A) => ({
  manifest: JSON.parse(JSON.stringify(manifest)) as A['manifest'],
  weights,
});
