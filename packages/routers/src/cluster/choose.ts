import {
  createRandom,
  rowOf,
  takeRows,
  throwIfAborted,
  type Matrix,
  type RouterTraining,
  type RunContext,
} from '@routeprofile/schema';
import { kMeans, nearestCentre } from '@routeprofile/numerics';
import { dealFolds, splitFold } from '../common/folds.js';
import { judgeOf } from '../common/judge.js';
import { FOLDS } from '../common/out-of-fold.js';
import { ranker } from './rankings.js';
import { mixture } from './mixture.js';

const COUNTS = [1, 2, 4, 8, 16, 32, 64];
/** A cluster of fewer queries says little. */
const FEWEST_IN_CLUSTER = 5;
/** Centres are found on at most this many queries. */
const MOST_CLUSTERED = 2000;
const OUTCOME_SHRINKAGES = [1, 5, 20, 80];
const PAIR_SHRINKAGES = [0.3, 1, 3, 10];
const TEMPERATURES = [0, 0.03, 0.1];

interface ClusterChoice {
  clusters: number;
  shrinkage: number;
  temperature: number;
}

interface Candidate extends ClusterChoice {
  /** Mean outcome of the choices, or share of the pairs ranked right, on held-out queries. */
  value: number;
}

/** What is given; null: chosen. */
export type Given = { [Key in keyof ClusterChoice]: number | null };

export interface Clustering {
  /** [clusters × dimensions], unit rows. */
  centres: Matrix;
  /** [clusters × models] */
  table: Matrix;
  chosen: ClusterChoice;
  candidates: Candidate[];
}

/**
 * Clusters of the training queries and a ranking of the models in each. Number, shrinkage and temperature are chosen by 5-fold
 * cross-validation of the rankings; the centres, which no outcome takes part in, are those of all queries. Ties go to fewer clusters, then to
 * more shrinkage and a higher temperature.
 * @param vectors unit rows, one a training query
 */
export function clusterQueries(
  vectors: Matrix,
  training: RouterTraining,
  models: number,
  kind: 'outcomes' | 'pairs',
  given: Given,
  ctx: RunContext,
): Clustering {
  const rank = ranker(training, models);
  const rows = Int32Array.from({ length: vectors.rows }, (_, q) => q);
  const sample = createRandom(ctx.seed, 'cluster', 'sample').sample([...rows], MOST_CLUSTERED);
  const some = takeRows(
    vectors,
    sample.sort((a, b) => a - b),
  );
  const most = Math.max(1, Math.floor(vectors.rows / FEWEST_IN_CLUSTER));
  const counts =
    given.clusters === null ? COUNTS.filter((count) => count <= most) : [Math.min(given.clusters, vectors.rows)];
  const shrinkages =
    given.shrinkage === null ? (kind === 'outcomes' ? OUTCOME_SHRINKAGES : PAIR_SHRINKAGES) : [given.shrinkage];
  const temperatures = given.temperature === null ? TEMPERATURES : [given.temperature];
  const settings = shrinkages.flatMap((shrinkage) => temperatures.map((temperature) => ({ shrinkage, temperature })));
  const foldOf = dealFolds(training.tasks, FOLDS, createRandom(ctx.seed, 'cluster', 'folds'));
  const judge = judgeOf(training, models);
  const judged = new Set(judge.queries);

  const tried = counts.map((count, done) => {
    const { centres } = kMeans(some, count, createRandom(ctx.seed, 'cluster', String(count)), ctx);
    const assignment = nearestCentre(vectors, centres);
    const values = settings.map(() => 0);
    if (counts.length * settings.length === 1) return { centres, assignment, values };
    const mixes = temperatures.map((temperature) => mixture(centres, temperature));
    for (let fold = 0; fold < FOLDS; fold++) {
      throwIfAborted(ctx);
      const { heldOut, rest } = splitFold(foldOf, fold);
      const asked = heldOut.filter((q) => judged.has(q));
      const tables = shrinkages.map((shrinkage) => rank(rest, assignment, centres.rows, shrinkage));
      for (const q of asked) {
        const memberships = mixes.map((mix) => mix(rowOf(vectors, q)));
        const worths = tables.flatMap((table) => memberships.map((member) => judge.worth(q, member.scores(table))));
        worths.forEach((worth, s) => (values[s]! += worth / judge.queries.length));
      }
    }
    ctx.onProgress?.({ stage: 'cluster: choose', done: done + 1, total: counts.length });
    return { centres, assignment, values };
  });
  const candidates = tried.flatMap(({ values }, c) =>
    settings.map((setting, s): Candidate => ({ clusters: counts[c]!, ...setting, value: values[s]! })),
  );
  const best = candidates.reduce((a, b) =>
    b.value > a.value || (b.value === a.value && b.clusters === a.clusters) ? b : a,
  );
  const { centres, assignment } = tried[counts.indexOf(best.clusters)]!;
  return {
    centres,
    table: rank(rows, assignment, centres.rows, best.shrinkage),
    chosen: { clusters: centres.rows, shrinkage: best.shrinkage, temperature: best.temperature },
    candidates: candidates.length > 1 ? candidates : [],
  };
}
