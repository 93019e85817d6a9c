import type { ModelCard, ModelCardFile, RestOfLog, TaskScore } from '@routeprofile/schema';
import { modelCard } from '../dataset/cards.js';
import type { OutcomeRows } from '../dataset/rows.js';

/** The one task of a dataset whose rows name none: without it no graph could tie models to queries. */
export const ALL_QUERIES = 'all';

/**
 * Mean outcome × 100 and its count, by model and task, over the training rows and the rest of the log that they are a sample of.
 * @param tasks in the order that scores are listed in
 * @param allOf the task of outcomes that name none; null where such count for no task
 */
export function taskScores(
  rows: OutcomeRows,
  indices: readonly number[],
  tasks: readonly string[],
  taskOf: (row: number) => string | null,
  rest: readonly RestOfLog[] = [],
  allOf: string | null = null,
): Map<string, Map<string, TaskScore>> {
  const taskIndex = new Map(tasks.map((task, i) => [task, i]));
  const sums = new Float64Array(rows.models.length * tasks.length);
  const counts = new Float64Array(sums.length);
  for (const row of indices) {
    const task = taskIndex.get(taskOf(row) ?? '');
    if (task === undefined) continue;
    rows.forEachMeasured(row, 'score', (model, score) => {
      sums[model * tasks.length + task]! += score;
      counts[model * tasks.length + task]!++;
    });
  }
  const modelIndex = new Map(rows.models.map((model, i) => [model, i]));
  for (const { task: name, models } of rest) {
    const task = taskIndex.get(name ?? allOf ?? '');
    if (task === undefined) continue;
    for (const [model, { scores, sum }] of Object.entries(models)) {
      const m = modelIndex.get(model);
      if (m === undefined) continue;
      sums[m * tasks.length + task]! += sum;
      counts[m * tasks.length + task]! += scores;
    }
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
