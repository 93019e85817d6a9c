import type { ModelCard } from '@routeprofile/schema';
import { placeAbility, type AbilityPrior, type PlacedAbility } from './place.js';
import type { Items } from './predict.js';
import { taskItems } from './task-scores.js';

/** What it takes to place a model by the scores on its card. */
export interface CardScale {
  tasks: string[];
  /** Shape [tasks]. What a score is divided by, so that it lies in [0, 1]. */
  divisors: Float64Array;
  items: Items;
  /** Answers that one score is worth. */
  weight: number;
}

/** Scores of these tasks are read as shares of 1, or of 100, or of the best where even that is exceeded. */
const divisorOf = (values: readonly number[]) => {
  const most = Math.max(0, ...values);
  return most <= 1 ? 1 : Math.max(100, most);
};

const reliable = (card: ModelCard | undefined, task: string): number => {
  const score = card?.scores.get(task);
  return score === undefined || score.unreliable === true ? NaN : score.value;
};

const share = (value: number, divisor: number) => Math.min(1, Math.max(0, value / divisor));

/**
 * Tasks on the cards of models of known ability as items (see `taskItems`). Scores marked unreliable count as not measured.
 * @param tasks names of the tasks, and their mean queries as items
 * @param models names of the known models, and their abilities [models × dimensions]
 */
export function cardScale(
  tasks: { names: readonly string[]; items: Items },
  models: { names: readonly string[]; abilities: Float64Array },
  cards: readonly ModelCard[],
): CardScale {
  const byName = new Map(cards.map((card) => [card.name, card]));
  const known = models.names.map((name) => byName.get(name));
  const divisors = tasks.names.map((task) =>
    divisorOf(known.map((card) => reliable(card, task)).filter((value) => !Number.isNaN(value))),
  );
  const scores = Float64Array.from(
    tasks.names.flatMap((task, t) => known.map((card) => share(reliable(card, task), divisors[t]!))),
  );
  const made = taskItems(tasks.items, models.abilities, scores);
  return {
    tasks: Array.from(made.tasks, (t) => tasks.names[t]!),
    divisors: Float64Array.from(made.tasks, (t) => divisors[t]!),
    items: made.items,
    weight: made.weight,
  };
}

/** The ability that a card's scores speak for; null where none of its scores is on a task of the scale. */
export function placeByCard(
  { tasks, divisors, items, weight }: CardScale,
  card: ModelCard | undefined,
  prior: AbilityPrior,
): PlacedAbility | null {
  const scores = tasks.map((task, t) => share(reliable(card, task), divisors[t]!));
  if (scores.every(Number.isNaN)) return null;
  return placeAbility(
    items,
    scores,
    prior,
    scores.map(() => weight),
  );
}
