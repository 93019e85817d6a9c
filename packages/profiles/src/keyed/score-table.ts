import type { ModelCard, RouterTraining } from '@routeprofile/schema';

/** The one task of data that name none. */
export const ALL_QUERIES = 'all';
/** Answers behind a card score where neither the card nor the graph tells: a small benchmark's size. */
const ASSUMED_COUNT = 100;

/** Scores of models by task, as their sources have them. Row-major [models × tasks]; NaN = not measured. */
export interface ScoreTable {
  models: readonly string[];
  tasks: readonly string[];
  score: Float64Array;
  /** Answers behind each score; where nobody tells, as many as the task has queries. */
  count: Float64Array;
}

interface Cell {
  value: number;
  count: number;
}

/**
 * Where at least two models have a card score on a task, all scores of that task come from the cards; otherwise from the
 * training outcomes, as percentages, like cards. The two are not mixed within a task: they may have been measured differently.
 * Tasks on which fewer than two models are measured compare nothing and are left out.
 * @param distrust leaves out card scores marked unreliable
 * @param queriesOf how many queries of a task are known
 */
export function scoreTable(
  models: readonly string[],
  cards: readonly ModelCard[],
  training: RouterTraining | undefined,
  { distrust, queriesOf }: { distrust: boolean; queriesOf: (task: string) => number | undefined },
): ScoreTable {
  const byName = new Map(cards.map((card) => [card.name, card]));
  const own = models.map((model) => byName.get(model));
  const measured = training ? meanOutcomes(training, models.length) : new Map<string, (Cell | undefined)[]>();
  const tasks = new Map<string, (Cell | undefined)[]>();
  for (const task of new Set([...own.flatMap((card) => [...(card?.scores.keys() ?? [])]), ...measured.keys()])) {
    const read = own.map((card) => card && cardCell(card, task, distrust, queriesOf(task)));
    const cells = [read, measured.get(task) ?? []].find((list) => list.filter((cell) => cell).length >= 2);
    if (cells) tasks.set(task, cells);
  }
  const names = [...tasks.keys()];
  const table = {
    models,
    tasks: names,
    score: new Float64Array(models.length * names.length).fill(NaN),
    count: new Float64Array(models.length * names.length),
  };
  [...tasks.values()].forEach((cells, t) =>
    cells.forEach((cell, m) => {
      if (!cell) return;
      table.score[m * names.length + t] = cell.value;
      table.count[m * names.length + t] = cell.count;
    }),
  );
  return table;
}

/** What a card says of a task; undefined when nothing that counts. */
export function cardCell(
  card: ModelCard,
  task: string,
  distrust: boolean,
  queries: number | undefined,
): Cell | undefined {
  const score = card.scores.get(task);
  if (!score || (distrust && score.unreliable)) return undefined;
  return { value: score.value, count: score.count ?? queries ?? ASSUMED_COUNT };
}

/** Mean training outcome of each model × 100, by task label; all queries are one task where none is labelled. */
function meanOutcomes({ outcomes, tasks }: RouterTraining, models: number): Map<string, (Cell | undefined)[]> {
  const sums = new Map<string, Cell[]>();
  if (!outcomes) return sums;
  const untasked = tasks.every((task) => task === null);
  tasks.forEach((label, q) => {
    const task = untasked ? ALL_QUERIES : label;
    if (task === null) return;
    if (!sums.has(task))
      sums.set(
        task,
        Array.from({ length: models }, () => ({ value: 0, count: 0 })),
      );
    const cells = sums.get(task)!;
    for (let m = 0; m < models; m++) {
      const score = outcomes.score[q * models + m]!;
      if (Number.isNaN(score)) continue;
      cells[m]!.value += score;
      cells[m]!.count++;
    }
  });
  return new Map(
    [...sums].map(([task, cells]) => [
      task,
      cells.map(({ value, count }) => (count === 0 ? undefined : { value: (100 * value) / count, count })),
    ]),
  );
}
