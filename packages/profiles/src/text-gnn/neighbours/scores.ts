import type { HeteroGraph, ModelCard } from '@routeprofile/schema';
import { endsOf, scoreSources, standings } from '../../common/standing.js';

/** A model measured on a task. */
export interface Measurement {
  model: number;
  task: number;
  /** Raw; undefined where the graph's edges carry no scores. */
  score: number | undefined;
  /**
   * In [0, 1] among the models of the same source on the same task, s, drawn towards one half where few are compared:
   * (s · (of − 1) + ½) / of. To be the best of two says little.
   */
  standing: number;
  /** 1 is the best of `of` models of the same source; equal scores share a place. */
  place: number;
  of: number;
  /** An auxiliary model: its numbers were published elsewhere and compare with each other only. */
  auxiliary: boolean;
}

/** The measurements of a graph, best first for each model (by standing) and for each task (by score). */
export interface Scores {
  ofModel(model: number): readonly Measurement[];
  ofTask(task: number): readonly Measurement[];
}

/** Reads `model__task`. Candidates and auxiliary models are never compared with each other. */
export function readScores(graph: HeteroGraph, cards: readonly ModelCard[]): Scores {
  const relation = graph.relations.find(({ name }) => name === 'model__task');
  const { models, tasks } = relation ? endsOf(relation) : { models: null, tasks: new Int32Array() };
  if (!relation || !models) return { ofModel: () => [], ofTask: () => [] };

  const sources = scoreSources(graph, cards);
  const standing = relation.scores && standings(relation, relation.scores, sources);
  const measurements = Array.from(tasks, (task, e): Measurement => {
    const model = models[e]!;
    return {
      model,
      task,
      score: relation.scores?.[e],
      standing: standing?.[e] ?? 0.5,
      place: 1,
      of: 1,
      auxiliary: sources[model] === 1,
    };
  });
  const byTask = groupBy(measurements, ({ task }) => task);
  for (const all of byTask.values()) {
    all.sort((a, b) => (b.score ?? 0) - (a.score ?? 0) || a.model - b.model);
    for (const auxiliary of [false, true]) compare(all.filter((one) => one.auxiliary === auxiliary));
  }
  const byModel = groupBy(measurements, ({ model }) => model);
  for (const all of byModel.values())
    all.sort((a, b) => b.standing - a.standing || (b.score ?? 0) - (a.score ?? 0) || a.task - b.task);
  return { ofModel: (model) => byModel.get(model) ?? [], ofTask: (task) => byTask.get(task) ?? [] };
}

/** @param sorted best first */
function compare(sorted: readonly Measurement[]): void {
  sorted.forEach((one, i) => {
    const before = sorted[i - 1];
    one.place = before && before.score === one.score ? before.place : i + 1;
    one.of = sorted.length;
    one.standing = (one.standing * (one.of - 1) + 0.5) / one.of;
  });
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const found = groups.get(keyOf(item));
    if (found) found.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/**
 * Both ends of a list that is sorted best first: the first ⌈k/2⌉ and the last ⌊k/2⌋. A list of at most k is all best
 * down to its middle.
 */
export function bestAndWorst<T>(sorted: readonly T[], k: number): { best: readonly T[]; worst: readonly T[] } {
  const count = Math.min(k, sorted.length);
  const best = Math.ceil(count / 2);
  return { best: sorted.slice(0, best), worst: sorted.slice(sorted.length - (count - best)) };
}

/** Mean standing over measurements; one half for none. */
export const meanStanding = (all: readonly Measurement[]): number =>
  all.length === 0 ? 0.5 : all.reduce((sum, { standing }) => sum + standing, 0) / all.length;
