import {
  createMatrix,
  createRandom,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  type Matrix,
  type ModelCard,
  type RouterInput,
  type RouterTraining,
  type RunContext,
  type SharedWork,
} from '@routeprofile/schema';
import { transpose } from '@routeprofile/numerics';
import { dealFolds, splitFold, takeTraining } from '../common/folds.js';
import { judgeOf } from '../common/judge.js';
import { FOLDS } from '../common/out-of-fold.js';
import { mixed } from '../common/mixed.js';
import { queryAxes } from '../common/query-axes.js';
import { shareWork } from '../common/shared-work.js';
import { fitClassifier, type Classifier } from './classifier.js';
import { leadsOf, SOURCES, tableOf, type Source } from './leads.js';

/** Cards mostly come without counts, and are then not shrunk. */
const GRID: Record<Source, readonly number[]> = {
  outcomes: [1, 5, 20, 80],
  cards: [5],
  pairs: [0.3, 1, 3, 10],
};

/** Queries with their tasks: the labelled training queries, and the labelled keys of the profiles that are none of these. */
export interface Labelled {
  tasks: string[];
  /** Work on their vectors, unit rows. */
  work: SharedWork;
  /** Task of each. */
  labels: Int32Array;
  /** The training query that each is, −1 for a key. */
  queries: Int32Array;
}

/**
 * @param work on the training queries' vectors, unit rows
 * @param keys unit rows, one a key
 * @param isTask tells labels of keys that are tasks from others
 */
export function labelled(
  { training, profiles }: RouterInput,
  work: SharedWork,
  keys: Matrix | null,
  isTask: (label: string) => boolean,
): Labelled {
  const own = training.tasks.flatMap((task, q) => (task === null ? [] : [{ task, q }]));
  const { keyed } = profiles;
  const extra =
    keyed && keys
      ? keyed.labels.flatMap((task, k) => ((keyed.queries?.[k] ?? -1) < 0 && isTask(task) ? [{ task, k }] : []))
      : [];
  const tasks = [...new Set([...own, ...extra].map(({ task }) => task))];
  const place = new Map(tasks.map((task, t) => [task, t]));
  return {
    tasks,
    work: own.length === training.tasks.length && extra.length === 0 ? work : shareWork(together()),
    labels: Int32Array.from([...own, ...extra], ({ task }) => place.get(task)!),
    queries: Int32Array.from([...own.map(({ q }) => q), ...extra.map(() => -1)]),
  };

  function together(): Matrix {
    const all = createMatrix(own.length + extra.length, work.vectors.cols);
    own.forEach(({ q }, i) => rowOf(all, i).set(rowOf(work.vectors, q)));
    extra.forEach(({ k }, i) => keys && rowOf(all, own.length + i).set(rowOf(keys, k)));
    return all;
  }
}

interface Setting {
  source: Source;
  shrinkage: number;
}

interface Candidate extends Setting {
  /** Mean outcome of the choices, or share of the pairs ranked right, on held-out queries. */
  value: number;
}

export interface TwoStages {
  classifier: Classifier;
  source: Source;
  /** [models × tasks] */
  leads: Matrix;
  shrinkage: number;
  candidates: Candidate[];
}

/**
 * Source and shrinkage are chosen by 5-fold cross-validation of the tables, with tasks told by a classifier that did not see the
 * query. Nothing can be held out of cards: where they are means over the training queries, they look better than they are.
 * @param cards believed
 */
export async function learnTwoStages(
  input: RouterInput,
  cards: readonly ModelCard[],
  { tasks, work, labels, queries }: Labelled,
  given: { source: 'auto' | Source; shrinkage: number | null },
  ctx: RunContext,
): Promise<TwoStages> {
  const { models, training } = input;
  const asked: readonly Source[] = given.source === 'auto' ? SOURCES : [given.source];
  const sources = asked.filter((source) => tableOf(source, training, cards, models) !== null);
  // Pairs made of outcomes say less than the outcomes do.
  const tried = sources.includes('outcomes') ? sources.filter((source) => source !== 'pairs') : sources;
  const [first] = tried;
  if (!first)
    throw new RouteProfileError(
      'NO_TRAINING_DATA',
      `two-stage: the training data hold no ${given.source === 'auto' ? 'outcomes, card scores or pairs' : given.source}`,
      { hint: 'Give outcomes, pairs, or cards with task scores of at least two candidates.' },
    );
  const axes = await queryAxes(work, ctx.seed);
  throwIfAborted(ctx);
  const classifier = fitClassifier(axes, labels, tasks.length, ctx);
  const leadsBy = (some: RouterTraining, source: Source) => {
    const table = tableOf(source, some, cards, models);
    return (shrinkage: number) =>
      table ? leadsOf(table(shrinkage), tasks) : createMatrix(models.length, tasks.length);
  };
  const settings = tried.flatMap((source) =>
    (given.shrinkage === null ? GRID[source] : [given.shrinkage]).map((shrinkage): Setting => ({ source, shrinkage })),
  );
  const values = settings.length > 1 ? judged() : [];
  const candidates = values.map((value, s): Candidate => ({ ...settings[s]!, value }));
  // Equal ones: the source named first, and the most shrinkage.
  const start: Setting & { value: number } = { source: first, shrinkage: settings[0]!.shrinkage, value: -Infinity };
  const { source, shrinkage } = candidates.reduce(
    (a, b) => (b.value > a.value || (b.value === a.value && b.source === a.source) ? b : a),
    start,
  );
  return { classifier, source, leads: leadsBy(training, source)(shrinkage), shrinkage, candidates };

  /** The worth of each setting on queries that neither its table nor the classifier was made of. */
  function judged(): number[] {
    const judge = judgeOf(training, models.length);
    const placeOf = new Map(Array.from(queries, (q, i) => [q, i]));
    const rows = judge.queries.filter((q) => placeOf.has(q));
    const shares = classifier.leftOut(rows.map((q) => placeOf.get(q)!));
    const shareOf = new Map(Array.from(rows, (q, i) => [q, shares[i]!]));
    if (rows.length === 0) return [];
    const foldOf = dealFolds(training.tasks, FOLDS, createRandom(ctx.seed, 'two-stage', 'folds'));
    // Tables read no vectors.
    const labels = { ...training, queries: { texts: training.queries.texts } };
    const out = settings.map(() => 0);
    for (let fold = 0; fold < FOLDS; fold++) {
      throwIfAborted(ctx);
      const { heldOut, rest } = splitFold(foldOf, fold);
      const some = takeTraining(labels, rest, models.length);
      const leadsOfSource = new Map(tried.map((source) => [source, leadsBy(some, source)]));
      settings.forEach(({ source, shrinkage }, s) => {
        const leads = transpose(leadsOfSource.get(source)!(shrinkage));
        for (const q of heldOut) {
          const share = shareOf.get(q);
          if (share) out[s]! += judge.worth(q, mixed(leads, share)) / rows.length;
        }
      });
    }
    return out;
  }
}
