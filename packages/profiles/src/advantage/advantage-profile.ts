import {
  createMatrix,
  defineProfile,
  rowOf,
  throwIfAborted,
  type KeyedScores,
  type ProfileInput,
  z,
} from '@routeprofile/schema';
import { extendKeyedSet, type JoiningKeyed } from '../common/extend-keyed.js';
import { modelPositions } from '../common/models.js';
import { finishProfileSet } from '../common/profile-set.js';
import { fitAdvantages, placeAll, type AdvantageModel, type Placed, placeByCard } from '../keyed/advantages.js';
import { scoreTable, type ScoreTable } from '../keyed/score-table.js';
import { fromState, toState } from '../keyed/state.js';
import { centroidKeys, taskKeys, type TaskKeys, weightedCentroids } from '../keyed/task-keys.js';

const advantageOptions = z.strictObject({
  /** Card scores marked unreliable count as not measured (default); false takes them as they are. */
  distrust: z.boolean().default(true),
  /** A key per query of each task (default), or one per task: the mean of its queries' vectors, of unit length. */
  keys: z.enum(['queries', 'tasks']).default('queries'),
  /** Advantages drawn towards the model's overall one, by how little they rest on (default), or as measured. */
  shrink: z.boolean().default(true),
  /** What stands where a model is not measured: `nan` (default), or `mean`, its overall advantage. */
  missing: z.enum(['nan', 'mean']).default('nan'),
  /**
   * `points` (default): ten points are ten points on every task, as a mean score counts them; only scores that are not percentages
   * are brought to the common spread. `spread`: every task is.
   */
  scale: z.enum(['points', 'spread']).default('points'),
});
/** Options of `advantageProfile`, parsed. Each member tells its default. */
export type AdvantageOptions = z.output<typeof advantageOptions>;

/**
 * What each model is worth on each task, measured against the other models and tied to the task's queries: a router attends from
 * a query to these keys and reads off expected advantages (in the design space of RouteProfile, arXiv 2605.00180: structured form;
 * the representation "scores" is ours). Nothing is learned, and pairs are not used.
 *
 * In least squares, score[m, t] ≈ centre[t] + worth[m]; the advantage is score − centre, drawn towards the worth by the score's
 * sampling error.
 *
 * Scores come from the cards, or from training outcomes where a task has no card scores; see `scoreTable`. Advantages are in
 * shares of one, 0.1 being ten points; see `fitAdvantages`. `keyed.scores` [models × keys] holds NaN where a model is not measured, `biases` the
 * overall advantage, which is what a missing score is worth. `vectors` are mean task centroids weighted by advantages, so that
 * the dot product with a query is a first-order reading of the same thing.
 */
export const advantageProfile = defineProfile<AdvantageOptions>({
  name: 'advantage',
  summary: 'how much better than the others each model scores, task by task, tied to the queries of the tasks',
  options: advantageOptions,
  needs: ['features', 'training'],
  designPoint: () => ({ form: 'structured', representation: 'scores', hops: 1, learning: 'training-free' }),
  async build(input, options, ctx) {
    throwIfAborted(ctx);
    modelPositions('advantage', input);
    const all = taskKeys('advantage', input);
    const counts = countOf(all.labels);
    const table = scoreTable(input.models, input.cards, input.training, {
      distrust: options.distrust,
      queriesOf: (task) => counts.get(task),
    });
    const fit = fitAdvantages(table, { ...options, routed: (task) => counts.has(task) });
    const placed = placeAll(fit, table);
    const found = options.keys === 'tasks' ? centroidKeys(all) : all;
    const { vectors, scores, biases } = arrange(found, fit, placed, options);
    const set = finishProfileSet(this, input, ctx, {
      vectors,
      options,
      uses: { encoder: true, graph: true },
      notes: notesOf(input, table, counts, options),
    });
    const keyed: KeyedScores = { ...found, scores };
    return { ...set, keyed, biases, state: toState(fit, (task) => counts.get(task)) };
  },
  /** New models are placed by their cards beside those of the set, whose own advantages do not change. */
  async extend(set, input, options, ctx) {
    throwIfAborted(ctx);
    return extendKeyedSet(this, set, input, options, ctx, (models) => {
      const { fit, queriesOf } = fromState('advantage', set.state);
      const placed = models.map((model) =>
        placeByCard(
          fit,
          input.cards.find(({ name }) => name === model),
          { ...options, queriesOf },
        ),
      );
      return arrange({ keys: set.keyed!.keys, labels: [...set.keyed!.labels] }, fit, placed, options);
    });
  },
});

const countOf = (labels: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
};

/** Advantages by key, and what follows from them. */
function arrange(
  keys: Pick<TaskKeys, 'keys' | 'labels'>,
  { tasks }: AdvantageModel,
  placed: readonly Placed[],
  { missing }: Pick<AdvantageOptions, 'missing'>,
): JoiningKeyed {
  const place = new Map(tasks.map((task, t) => [task, t]));
  const scores = createMatrix(placed.length, keys.labels.length);
  placed.forEach(({ advantages, overall }, m) => {
    const row = rowOf(scores, m);
    keys.labels.forEach((label, k) => {
      const t = place.get(label);
      const known = t === undefined ? NaN : advantages[t]!;
      row[k] = missing === 'mean' && Number.isNaN(known) ? overall : known;
    });
  });
  return {
    scores,
    vectors: weightedCentroids(keys, place, placed),
    biases: Float32Array.from(placed, ({ overall }) => overall),
  };
}

function notesOf(
  { models, cards }: ProfileInput,
  { tasks, score }: ScoreTable,
  keyed: ReadonlyMap<string, number>,
  { distrust }: AdvantageOptions,
): string[] {
  const asked = new Set(models);
  const faulty = new Set(
    cards.flatMap((card) =>
      asked.has(card.name) ? [...card.scores].flatMap(([task, { unreliable }]) => (unreliable ? [task] : [])) : [],
    ),
  );
  const unmeasured = models.filter((_, m) => tasks.every((__, t) => Number.isNaN(score[m * tasks.length + t]!)));
  const blank = [...keyed.keys()].filter((task) => !tasks.includes(task));
  return [
    ...(faulty.size > 0
      ? [`unreliable card scores ${distrust ? 'count as not measured' : 'are trusted'}: ${[...faulty].join(', ')}`]
      : []),
    ...(blank.length > 0 ? [`tasks with queries, but without scores to compare models by: ${blank.join(', ')}`] : []),
    ...(unmeasured.length > 0
      ? [`not measured beside another model, so of no advantage: ${unmeasured.join(', ')}`]
      : []),
  ];
}
