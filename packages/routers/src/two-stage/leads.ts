import { createMatrix, rowOf, type Matrix, type ModelCard, type RouterTraining } from '@routeprofile/schema';
import {
  tableFromCards,
  tableFromOutcomes,
  tableFromPairs,
  type TableAt,
  type TaskTable,
} from '../common/task-tables.js';

export const SOURCES = ['outcomes', 'cards', 'pairs'] as const;
export type Source = (typeof SOURCES)[number];

/** A task whose scores go beyond this is one of percent, the others are of shares. */
const MOST_SHARE = 1.5;

/**
 * Cards with the scores that are to be believed, all in shares of one.
 * @param trust believe scores, too, that other measurements contradict
 */
export function believed(cards: readonly ModelCard[], trust: boolean): ModelCard[] {
  const percent = new Set(
    cards.flatMap(({ scores }) => [...scores].flatMap(([task, { value }]) => (value > MOST_SHARE ? [task] : []))),
  );
  return cards.map((card) => ({
    ...card,
    scores: new Map(
      [...card.scores]
        .filter(([, { unreliable }]) => trust || !unreliable)
        .map(([task, score]) => [task, percent.has(task) ? { ...score, value: score.value / 100 } : score]),
    ),
  }));
}

/**
 * @param cards believed
 * @returns null when the source has nothing
 */
export function tableOf(
  source: Source,
  training: RouterTraining,
  cards: readonly ModelCard[],
  models: readonly string[],
): TableAt | null {
  if (source === 'outcomes') return tableFromOutcomes(training, models.length);
  if (source === 'cards') return tableFromCards(cards, models);
  return tableFromPairs(training, models.length);
}

/**
 * How far each model is ahead of the mean of those measured on a task, [models × tasks]: leads of one task can be added to those
 * of another, scores cannot. Where a model was not measured, or the table has no such task, it is its lead over all tasks.
 */
export function leadsOf({ tasks: rows, scores, measured }: TaskTable, tasks: readonly string[]): Matrix {
  const models = scores.cols;
  const out = createMatrix(models, tasks.length);
  const last = rows.length;
  const overall = rowOf(scores, last);
  const measuredIn = (row: number) => [...overall.keys()].filter((m) => measured.data[row * models + m]! > 0);
  const ever = new Set(measuredIn(last));
  tasks.forEach((task, t) => {
    const row = rows.includes(task) ? rows.indexOf(task) : last;
    const here = rowOf(scores, row);
    const known = new Set(measuredIn(row));
    const mean = average([...known].map((m) => here[m]!));
    const usual = average([...known].filter((m) => ever.has(m)).map((m) => overall[m]!));
    for (let m = 0; m < models; m++)
      out.data[m * tasks.length + t] = known.has(m) ? here[m]! - mean : ever.has(m) ? overall[m]! - usual : 0;
  });
  return out;
}

/** How cards measure the tasks, so that a model known by its card alone can be placed among the others. */
export interface CardScale {
  /** Shape [tasks]: mean card score of the models that the table knows; NaN where fewer than two have one. */
  means: Float64Array;
  /** Leads of the table for one lead of a card. */
  slope: number;
}

/** @param known models that the table knows */
export function cardScale(
  leads: Matrix,
  cards: readonly ModelCard[],
  models: readonly string[],
  known: readonly boolean[],
  tasks: readonly string[],
): CardScale {
  const byName = new Map(cards.map((card) => [card.name, card]));
  const scoreOf = (m: number, task: string) => (known[m] ? byName.get(models[m]!)?.scores.get(task)?.value : undefined);
  let product = 0;
  let square = 0;
  const means = Float64Array.from(tasks, (task, t) => {
    const found = models.flatMap((_, m) => {
      const value = scoreOf(m, task);
      return value === undefined ? [] : [{ m, value }];
    });
    if (found.length < 2) return NaN;
    const mean = average(found.map(({ value }) => value));
    for (const { m, value } of found) {
      product += (value - mean) * leads.data[m * tasks.length + t]!;
      square += (value - mean) ** 2;
    }
    return mean;
  });
  // Cards may tell nothing, but not the contrary.
  return { means, slope: square > 0 ? Math.max(0, product / square) : 0 };
}

/** Leads of a model by its card, its mean lead on tasks that the card lacks; null when the card says nothing. */
export function leadsByCard(
  card: ModelCard | undefined,
  { means, slope }: CardScale,
  tasks: readonly string[],
): Float64Array | null {
  const leads = Float64Array.from(tasks, (task, t) => slope * ((card?.scores.get(task)?.value ?? NaN) - means[t]!));
  const told = [...leads].filter((lead) => !Number.isNaN(lead));
  if (told.length === 0) return null;
  const mean = average(told);
  return leads.map((lead) => (Number.isNaN(lead) ? mean : lead));
}

const average = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
