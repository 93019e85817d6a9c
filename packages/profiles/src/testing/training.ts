import {
  createMatrix,
  createRandom,
  type HeteroGraph,
  type ModelCard,
  type ProfileInput,
  type RouterTraining,
  type TaskScore,
} from '@routeprofile/schema';
import { emptyOutcomes, toyEncoder } from '@routeprofile/schema/testing';

/** Helpers of this package's tests: cards, training rows and a graph of queries and tasks. */

export const card = (
  name: string,
  scores: Record<string, number | TaskScore>,
  extra: Partial<ModelCard> = {},
): ModelCard => ({
  name,
  text: name,
  family: null,
  scores: new Map(
    Object.entries(scores).map(([task, score]) => [task, typeof score === 'number' ? { value: score } : score]),
  ),
  price: null,
  auxiliary: false,
  ...extra,
});

/** Training rows with a vector each. */
export function trainingOf(
  models: number,
  rows: readonly { task: string | null; text?: string; scores?: readonly number[] }[],
  pairs: RouterTraining['pairs'] = [],
): RouterTraining {
  const random = createRandom(1, 'vectors');
  const outcomes = emptyOutcomes(rows.length, models);
  rows.forEach(({ scores }, q) => scores?.forEach((score, m) => (outcomes.score[q * models + m] = score)));
  return {
    queries: {
      texts: rows.map(({ text }, q) => text ?? `query ${q}`),
      vectors: createMatrix(
        rows.length,
        4,
        Float32Array.from({ length: rows.length * 4 }, () => random.normal()),
      ),
      encoder: 'toy',
    },
    tasks: rows.map(({ task }) => task),
    pairs,
    outcomes: rows.some(({ scores }) => scores) ? outcomes : null,
  };
}

/** Models of the cards, and two queries per task, each task along an axis of its own. */
export function taskInput(
  cards: readonly ModelCard[],
  tasks: readonly string[],
  training?: RouterTraining,
): ProfileInput {
  const queries = tasks.flatMap((task) => [`${task}#0`, `${task}#1`]);
  const graph: HeteroGraph = {
    name: 'tasks',
    hash: 'tasks',
    nodes: [
      { type: 'model', names: cards.map(({ name }) => name), texts: cards.map(({ text }) => text) },
      { type: 'task', names: tasks, texts: tasks },
      { type: 'query', names: queries, texts: queries.map((name) => `text of ${name}`) },
    ],
    relations: [
      {
        name: 'query__task',
        source: 'query',
        target: 'task',
        sourceIndex: Int32Array.from(queries.keys()),
        targetIndex: Int32Array.from(queries.keys(), (q) => q >> 1),
        scores: null,
      },
    ],
  };
  const query = createMatrix(queries.length, tasks.length);
  queries.forEach((_, q) => (query.data[q * tasks.length + (q >> 1)] = 1 + (q % 2)));
  return {
    models: cards.filter(({ auxiliary }) => !auxiliary).map(({ name }) => name),
    cards,
    graph,
    features: { query, task: createMatrix(tasks.length, tasks.length) },
    encoder: toyEncoder(tasks.length),
    ...(training && { training }),
  };
}
