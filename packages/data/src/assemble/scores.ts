import type { ModelCard, ModelCardFile, TaskScore } from '@routeprofile/schema';
import { modelCard } from '../dataset/cards.js';
import type { OutcomeRows } from '../dataset/rows.js';

/** The one task of a dataset whose rows name none: without it no graph could tie models to queries. */
export const ALL_QUERIES = 'all';

/**
 * Mean outcome × 100 and its count, by model and task, over the training rows.
 * @param tasks in the order that scores are listed in
 */
export function taskScores(
  rows: OutcomeRows,
  indices: readonly number[],
  tasks: readonly string[],
  taskOf: (row: number) => string | null,
): Map<string, Map<string, TaskScore>> {
  const taskIndex = new Map(tasks.map((task, i) => [task, i]));
  const sums = new Float64Array(rows.models.length * tasks.length);
  const counts = new Int32Array(sums.length);
  for (const row of indices) {
    const task = taskIndex.get(taskOf(row) ?? '');
    if (task === undefined) continue;
    rows.forEachMeasured(row, 'score', (model, score) => {
      sums[model * tasks.length + task]! += score;
      counts[model * tasks.length + task]!++;
    });
  }
  return new Map(
    rows.models.map((model, m) => [
      model,
      new Map(
        tasks.flatMap((task, t) => {
          const at = m * tasks.length + t;
          const count = counts[at]!;
          return count === 0 ? [] : [[task, { value: (sums[at]! / count) * 100, count }] as const];
        }),
      ),
    ]),
  );
}

/** What can be said of a model that nobody described. */
function textFromScores(name: string, scores: ReadonlyMap<string, TaskScore>): string {
  if (scores.size === 0) return `${name}. No measured tasks.`;
  const listed = [...scores].map(([task, { value }]) => `${task} ${value.toFixed(1)}`).join(', ');
  return `${name}. Mean scores out of 100 on the training queries: ${listed}.`;
}

/** Measured scores first, in the order of tasks; a card's own scores stay where nothing was measured. */
export function outcomeCard(
  name: string,
  card: ModelCardFile | undefined,
  measured: ReadonlyMap<string, TaskScore>,
  auxiliary: boolean,
): ModelCard {
  const described = card === undefined ? undefined : modelCard(name, card, auxiliary);
  const own = [...(described?.scores ?? [])].filter(([task]) => !measured.has(task));
  const text = card !== undefined && card.feature.trim() !== '' ? card.feature : textFromScores(name, measured);
  return {
    name,
    text,
    family: described?.family ?? null,
    scores: new Map([...measured, ...own]),
    price: described?.price ?? null,
    auxiliary,
  };
}
