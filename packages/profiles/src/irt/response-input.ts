import { RouteProfileError, type ProfileInput, type RouterTraining } from '@routeprofile/schema';
import { meansByLabel, type ResponseInput } from '@routeprofile/numerics';
import { taskKeys } from '../keyed/task-keys.js';

/**
 * What the abilities are learned from: outcomes of the training queries, else their pairs, else the cards' scores, each task
 * being one query, the mean of its own. Models are put in the order of their names, so that the abilities do not depend on the
 * order they were asked for in.
 */
export function responseInput(strategy: string, input: ProfileInput): { learnFrom: ResponseInput; order: number[] } {
  const { models, cards, training } = input;
  const order = models.map((_, m) => m).sort((a, b) => (models[a]! < models[b]! ? -1 : 1));
  const sorted = order.map((m) => models[m]!);
  const { keys, labels } = taskKeys(strategy, input);
  const tasks = meansByLabel(keys, labels);
  const shared = { models: sorted, cards, tasks };
  if (training?.queries.vectors && hasAny(training))
    return {
      order,
      learnFrom: {
        ...shared,
        vectors: training.queries.vectors,
        outcomes: training.outcomes && inOrder(training.outcomes.score, order),
        pairs: training.pairs.map(({ query, better, worse }) => ({
          query,
          better: order.indexOf(better),
          worse: order.indexOf(worse),
        })),
      },
    };
  return {
    order,
    learnFrom: { ...shared, vectors: tasks.vectors, outcomes: cardOutcomes(strategy, shared), pairs: [] },
  };
}

const hasAny = ({ outcomes, pairs }: RouterTraining) =>
  pairs.length > 0 || (outcomes?.score.some((y) => !Number.isNaN(y)) ?? false);

/** Columns in another order. */
function inOrder(table: Float64Array, order: readonly number[]): Float64Array {
  const width = order.length;
  return table.map((_, k) => table[k - (k % width) + order[k % width]!]!);
}

/** Shape [tasks × models]: scores as shares of the largest on any card, of 100 at least where they exceed 1; NaN = not measured. */
function cardOutcomes(
  strategy: string,
  { models, cards, tasks }: Pick<ResponseInput, 'models' | 'cards' | 'tasks'>,
): Float64Array {
  const byName = new Map(cards.map((card) => [card.name, card]));
  const out = new Float64Array(tasks.names.length * models.length);
  tasks.names.forEach((task, t) => {
    const values = models.map((model) => {
      const score = byName.get(model)?.scores.get(task);
      return score === undefined || score.unreliable === true ? NaN : score.value;
    });
    const most = values.reduce((max, value) => (value > max ? value : max), 0);
    const divisor = most > 1 ? Math.max(100, most) : 1;
    values.forEach((value, m) => (out[t * models.length + m] = Math.max(0, value / divisor)));
  });
  if (out.every(Number.isNaN))
    throw new RouteProfileError(
      'NO_TRAINING_DATA',
      `${strategy}: there are no training rows, and no card has a score on a task with queries`,
      { hint: 'Give training rows with outcomes or pairs, or model cards with task scores.' },
    );
  return out;
}
