import { grouped, type HeteroGraph, type ModelCard } from '@routeprofile/schema';
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
  const byTask = grouped(measurements, ({ task }) => task);
  for (const all of byTask.values()) {
    all.sort((a, b) => (b.score ?? 0) - (a.score ?? 0) || a.model - b.model);
    for (const auxiliary of [false, true]) compare(all.filter((one) => one.auxiliary === auxiliary));
  }
  const byModel = grouped(measurements, ({ model }) => model);
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

/** 88.666 → `88.67`. */
const scoreText = (score: number): string => String(Number(score.toFixed(2)));

const suffix = (n: number) =>
  n % 100 >= 11 && n % 100 <= 13 ? 'th' : n % 10 === 1 ? 'st' : n % 10 === 2 ? 'nd' : n % 10 === 3 ? 'rd' : 'th';

/** `best of 8`, `2nd of 8`, `last of 8`; nothing for a model that nobody is compared with. */
function placeText({ place, of, score }: Measurement): string | undefined {
  if (score === undefined || of < 2) return undefined;
  if (place === 1) return `best of ${of}`;
  return place === of ? `last of ${of}` : `${place}${suffix(place)} of ${of}`;
}

/** `score 88.67, 2nd of 8`. */
export function measurementText(one: Measurement): string | undefined {
  if (one.score === undefined) return undefined;
  return [`score ${scoreText(one.score)}`, placeText(one)].filter((part) => part !== undefined).join(', ');
}

/** `a, b and c`. */
export const list = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** `name (88.67, 2nd of 8)`, the score alone where no place is known. */
function named(name: string, one: Measurement, withPlace = true): string {
  if (one.score === undefined) return name;
  const place = withPlace ? placeText(one) : undefined;
  return `${name} (${[scoreText(one.score), ...(place === undefined ? [] : [place])].join(', ')})`;
}

/** Names a fact tells of a side, at most. */
const NAMED = 3;

type NameOf = (index: number) => string;

/** Candidates if any of them is measured, else auxiliary models. */
export const comparable = (all: readonly Measurement[]): readonly Measurement[] => {
  const candidates = all.filter(({ auxiliary }) => !auxiliary);
  return candidates.length > 0 ? candidates : all;
};

/** `Of 21 tasks, strongest on A (88.67, 2nd of 8) and B …; weakest on C (1.33, 6th of 8).` */
export function modelFact(all: readonly Measurement[], taskName: NameOf): string[] {
  if (all.length === 0) return [];
  const name = (one: Measurement) => named(taskName(one.task), one);
  if (all.length === 1) return [`Measured on ${name(all[0]!)}.`];
  const { best, worst } = bestAndWorst(all, 2 * NAMED);
  const weakest = worst.length > 0 ? `, weakest on ${list(worst.toReversed().map(name))}` : '';
  return [`Of ${all.length} measured tasks it is strongest on ${list(best.map(name))}${weakest}.`];
}

/** The best and worst models of one source on a task, and their mean. */
export function taskFact(all: readonly Measurement[], modelName: NameOf): string[] {
  const sources = [all.filter(({ auxiliary }) => !auxiliary), all.filter(({ auxiliary }) => auxiliary)];
  return sources.flatMap((models, i) => {
    if (models.length === 0 || models[0]!.score === undefined) return [];
    const name = (one: Measurement) => named(modelName(one.model), one, false);
    const whose = i === 0 ? 'Here' : 'By numbers published elsewhere';
    if (models.length === 1) return [`${whose} ${name(models[0]!)} alone is measured.`];
    const { best, worst } = bestAndWorst(models, 2 * NAMED);
    const mean = models.reduce((sum, { score = 0 }) => sum + score, 0) / models.length;
    return [
      `${whose} ${list(best.map(name))} ${best.length > 1 ? 'do' : 'does'} best of ${models.length} models, ` +
        `${list(worst.toReversed().map(name))} worst; the mean is ${scoreText(mean)}.`,
    ];
  });
}

/** What a line about a task says of its models: `8 models score 1.33 to 90, best X`. */
export function taskSummary(scores: Scores, task: number, modelName: NameOf): string | undefined {
  const models = comparable(scores.ofTask(task));
  const [best, worst] = [models[0], models.at(-1)];
  if (best?.score === undefined || worst?.score === undefined) return undefined;
  if (models.length === 1) return `${modelName(best.model)} scores ${scoreText(best.score)}`;
  return (
    `${models.length} models score ${scoreText(worst.score)} to ${scoreText(best.score)}, ` +
    `best ${modelName(best.model)}, worst ${modelName(worst.model)}`
  );
}

/** What a line about a model says of its tasks: `mean standing 0.62, strongest on X (…), weakest on Y (…)`. */
export function modelSummary(scores: Scores, model: number, taskName: NameOf): string | undefined {
  const tasks = scores.ofModel(model);
  const [best, worst] = [tasks[0], tasks.at(-1)];
  if (best?.score === undefined || worst === undefined) return undefined;
  if (tasks.length === 1) return `${measurementText(best)} on ${taskName(best.task)}`;
  return (
    `mean standing ${meanStanding(tasks).toFixed(2)} of 1, strongest on ${named(taskName(best.task), best)}, ` +
    `weakest on ${named(taskName(worst.task), worst)}`
  );
}

/** Models by mean standing: who of them is best and worst overall. */
export function overallFact(
  standing: readonly { model: number; mean: number }[],
  modelName: NameOf,
  where: string,
): string[] {
  if (standing.length < 2) return [];
  const { best, worst } = bestAndWorst(standing, 2 * NAMED);
  const name = ({ model }: { model: number }) => modelName(model);
  return [`${where} ${list(best.map(name))} stand highest, ${list(worst.toReversed().map(name))} lowest.`];
}
