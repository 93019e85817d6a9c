import type { ModelCard, DatasetOptions } from '@routeprofile/schema';
import { someOf } from './text.js';

/**
 * Card scores that other measurements contradict.
 *
 * Candidates are measured on the dataset's own queries, auxiliary models bring numbers published elsewhere, so on some tasks the
 * two differ: a stricter grader, other prompts, another unit. Such scores still say who is better. A broken grader gives itself
 * away twice: it puts the candidates where their other tasks say they cannot be, and in an order that their other tasks do not know.
 * Both are asked for, so that neither weak candidates nor a strict grader nor a task with an order of its own is called faulty.
 */
export interface ScoreContradiction {
  task: string;
  /** Median scores of the candidates and of the auxiliary models. */
  candidates: number;
  others: number;
  /** Candidates' median minus the others' over the other tasks: the median of those gaps. */
  usualGap: number;
  /** How far this task's gap is from the usual one, in robust standard deviations of the gaps. */
  deviations: number;
  /** Spearman's rank correlation of the candidates' scores with their mean standing on the tasks above suspicion. */
  agreement: number;
}

/** Fewer scores on either side say nothing of where a group lies or how it is ordered. */
const MIN_CANDIDATES = 4;
const MIN_OTHERS = 3;
/** At least this many further tasks must show how candidates and others usually compare. */
const MIN_FURTHER_TASKS = 3;
/** Beyond this a gap is out of the ordinary (a normal distribution: one in 16,000). */
const MAX_DEVIATIONS = 4;
/** Median absolute deviation → standard deviation of a normal distribution. */
const MAD_SCALE = 1.4826;

interface TaskScores {
  task: string;
  own: ReadonlyMap<string, number>;
  others: readonly number[];
}

/** Median; NaN of nothing. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const medianDeviation = (values: readonly number[]): number => {
  const centre = median(values);
  return MAD_SCALE * median(values.map((x) => Math.abs(x - centre)));
};

/** Ranks from 0, ties share their mean rank. */
const ranks = (values: readonly number[]): number[] =>
  values.map((x) => values.filter((y) => y < x).length + (values.filter((y) => y === x).length - 1) / 2);

/** Spearman's rank correlation; 0 where either side is all ties. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (a.length - 1) / 2;
  const product = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, rank, i) => sum + (rank - middle) * (q[i]! - middle), 0);
  const scale = Math.sqrt(product(x, x) * product(y, y));
  return scale === 0 ? 0 : product(x, y) / scale;
}

/**
 * Shares of one beside percentages, a difference of unit that explains any gap: all values within [0, 1], the others beyond it,
 * and a hundred times the values' median no higher than the others' highest and at least half their lowest.
 */
export function isShareOfOne(values: readonly number[], beside: readonly number[]): boolean {
  const [low, high] = [Math.min(...beside), Math.max(...beside)];
  const typical = 100 * median(values);
  return values.every((x) => x >= 0 && x <= 1) && high > 1 && typical > 0 && typical >= low / 2 && typical <= high;
}

/**
 * Tasks whose candidates' scores contradict what auxiliary models and the candidates' other tasks say. A task is one of them when
 *
 * - at least 4 candidates and 3 auxiliary models have a score, and no candidate's lies among or beyond the others';
 * - the gap between the medians is more than 4 robust standard deviations from the usual gap, over at least 3 other tasks; one
 *   standard deviation is at least the auxiliary models' own spread on a typical task;
 * - the order of the candidates is not that of the tasks above suspicion: rank correlation at most 1 / √(n − 1), the standard
 *   deviation that it has between unrelated orders of n models;
 * - the numbers are not merely shares of one beside percentages.
 *
 * Candidates that are weaker everywhere have a usual gap, and a strict grader keeps the order: neither is reported.
 */
export function contradictedScores(cards: readonly ModelCard[]): ScoreContradiction[] {
  const tasks = comparableTasks(cards);
  const gap = ({ own, others }: TaskScores) => median([...own.values()]) - median(others);
  const noise = median(tasks.map(({ others }) => medianDeviation(others)));
  const apart = tasks.flatMap((task) => {
    const own = [...task.own.values()];
    const usual = tasks.filter((other) => other !== task).map(gap);
    if (usual.length < MIN_FURTHER_TASKS || overlap(own, task.others)) return [];
    if (isShareOfOne(own, task.others) || isShareOfOne(task.others, own)) return [];
    const usualGap = median(usual);
    const away = Math.abs(gap(task) - usualGap);
    const spread = Math.max(medianDeviation(usual), noise);
    return away > MAX_DEVIATIONS * spread
      ? [{ task, usualGap, deviations: spread === 0 ? Infinity : away / spread }]
      : [];
  });
  const suspects = new Set(apart.map(({ task }) => task.task));
  return apart.flatMap(({ task, usualGap, deviations }) => {
    const standing = standingsElsewhere(cards, task.task, suspects);
    const known = [...task.own.keys()].filter((model) => standing.has(model));
    if (known.length < MIN_CANDIDATES) return [];
    const agreement = rankCorrelation(
      known.map((model) => task.own.get(model)!),
      known.map((model) => standing.get(model)!),
    );
    if (agreement > 1 / Math.sqrt(known.length - 1)) return [];
    const medians = { candidates: median([...task.own.values()]), others: median(task.others) };
    return [{ task: task.task, ...medians, usualGap, deviations, agreement }];
  });
}

const overlap = (a: readonly number[], b: readonly number[]): boolean =>
  Math.max(...a) >= Math.min(...b) && Math.max(...b) >= Math.min(...a);

function comparableTasks(cards: readonly ModelCard[]): TaskScores[] {
  const names = new Set(cards.flatMap(({ scores }) => [...scores.keys()]));
  return [...names].flatMap((task) => {
    const measured = cards.filter(({ scores }) => scores.has(task));
    const value = (card: ModelCard) => card.scores.get(task)!.value;
    const own = new Map(measured.filter(({ auxiliary }) => !auxiliary).map((card) => [card.name, value(card)]));
    const others = measured.filter(({ auxiliary }) => auxiliary).map(value);
    return own.size < MIN_CANDIDATES || others.length < MIN_OTHERS ? [] : [{ task, own, others }];
  });
}

/** Each candidate's mean rank (0 to 1) among the candidates, over the tasks that at least four of them are measured on. */
function standingsElsewhere(
  cards: readonly ModelCard[],
  task: string,
  suspects: ReadonlySet<string>,
): Map<string, number> {
  const own = cards.filter(({ auxiliary }) => !auxiliary);
  const names = new Set(own.flatMap(({ scores }) => [...scores.keys()]));
  const found = new Map<string, number[]>();
  for (const other of names) {
    if (other === task || suspects.has(other)) continue;
    const measured = own.filter(({ scores }) => scores.has(other));
    if (measured.length < MIN_CANDIDATES) continue;
    const places = ranks(measured.map(({ scores }) => scores.get(other)!.value));
    measured.forEach(({ name }, i) =>
      found.set(name, [...(found.get(name) ?? []), places[i]! / (measured.length - 1)]),
    );
  }
  return new Map([...found].map(([name, places]) => [name, places.reduce((a, b) => a + b, 0) / places.length]));
}

const figure = (value: number): string => (Math.round(value * 10) / 10).toFixed(1);

/** The figures of one, for people. */
export const describeContradiction = (found: ScoreContradiction): string =>
  `${found.task}: candidates' median ${figure(found.candidates)}, others' ${figure(found.others)}; ` +
  `the usual gap is ${figure(found.usualGap)}, this one ${figure(found.deviations)} standard deviations off; ` +
  `rank agreement with the other tasks ${found.agreement.toFixed(2)}`;

/** Cards with the candidates' contradicted scores marked, and one warning that says so. Values stay as they are. */
export function markUnreliable(
  cards: readonly ModelCard[],
  { unreliableScores }: Pick<DatasetOptions, 'unreliableScores'>,
): { cards: ModelCard[]; warnings: string[] } {
  if (unreliableScores === 'trust') return { cards: [...cards], warnings: [] };
  const tasks = contradictedScores(cards).map(({ task }) => task);
  if (tasks.length === 0) return { cards: [...cards], warnings: [] };
  const faulty = new Set(tasks);
  return {
    cards: cards.map((card) =>
      card.auxiliary || !tasks.some((task) => card.scores.has(task))
        ? card
        : {
            ...card,
            scores: new Map(
              [...card.scores].map(([task, score]) => [
                task,
                faulty.has(task) ? { ...score, unreliable: true as const } : score,
              ]),
            ),
          },
    ),
    warnings: [
      `The candidates' card scores on ${someOf(tasks, 20)} are contradicted by those of other models and marked unreliable, and training labels of these tasks are not learned from: \`data check\` gives the figures, \`--unreliable-scores trust\` trusts them.`,
    ],
  };
}

/** Tasks of which a candidate's score is marked unreliable. */
export const unreliableTasks = (cards: readonly ModelCard[]): Set<string> =>
  new Set(
    cards.flatMap(({ auxiliary, scores }) =>
      auxiliary ? [] : [...scores].filter(([, { unreliable }]) => unreliable).map(([task]) => task),
    ),
  );
