import {
  createRandom,
  rowOf,
  takeRows,
  throwIfAborted,
  type Matrix,
  type RouterTraining,
  type RunContext,
  type SharedWork,
} from '@routeprofile/schema';
import { dealFolds } from '../common/folds.js';
import { judgeOf } from '../common/judge.js';
import { FOLDS } from '../common/out-of-fold.js';
import { sharedProducts } from '../common/products.js';
import { membership } from './mixture.js';
import { partition, type Partition } from './partition.js';
import { ranker } from './rankings.js';

const COUNTS = [1, 2, 4, 8, 16, 32, 64];
/** A cluster of fewer queries says little. */
const FEWEST_IN_CLUSTER = 5;
/** Held-out queries beyond this many tell little more about the settings, and cost as much each. */
const MOST_JUDGED = 2000;
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
 * @param work on the training queries' vectors, unit rows
 */
export async function clusterQueries(
  work: SharedWork,
  training: RouterTraining,
  models: number,
  kind: 'outcomes' | 'pairs',
  given: Given,
  ctx: RunContext,
): Promise<Clustering> {
  const { vectors } = work;
  const rank = ranker(training, models);
  const rows = Int32Array.from({ length: vectors.rows }, (_, q) => q);
  const most = Math.max(1, Math.floor(vectors.rows / FEWEST_IN_CLUSTER));
  const counts =
    given.clusters === null ? COUNTS.filter((count) => count <= most) : [Math.min(given.clusters, vectors.rows)];
  const shrinkages =
    given.shrinkage === null ? (kind === 'outcomes' ? OUTCOME_SHRINKAGES : PAIR_SHRINKAGES) : [given.shrinkage];
  const temperatures = given.temperature === null ? TEMPERATURES : [given.temperature];
  const settings = shrinkages.flatMap((shrinkage) => temperatures.map((temperature) => ({ shrinkage, temperature })));
  const judge = judgeOf(training, models);
  const judged = createRandom(ctx.seed, 'cluster', 'judged').sample([...judge.queries], MOST_JUDGED);
  const asked = takeRows(vectors, judged);
  const foldOf = dealFolds(training.tasks, FOLDS, createRandom(ctx.seed, 'cluster', 'folds'));
  const products = await sharedProducts(work.whole ?? work);

  /** Mean worth of the rankings on queries that took no part in them, one per setting. */
  const valuesOf = ({ centres, assignment }: Partition): number[] => {
    const cosines = products.rows(asked, centres);
    const values = settings.map(() => 0);
    for (let fold = 0; fold < FOLDS; fold++) {
      throwIfAborted(ctx);
      const rankAt = rank(
        rows.filter((q) => foldOf[q] !== fold),
        assignment,
        centres.rows,
      );
      const tables = shrinkages.map(rankAt);
      judged.forEach((q, i) => {
        if (foldOf[q] !== fold) return;
        const own = Float64Array.from(rowOf(cosines, i));
        const members = temperatures.map((temperature) => membership(own, temperature));
        let s = 0;
        for (const table of tables)
          for (const member of members) values[s++]! += judge.worth(q, member.scores(table)) / judged.length;
      });
    }
    return values;
  };

  const tried: (Partition & { values: number[] })[] = [];
  for (const count of counts) {
    throwIfAborted(ctx);
    const found = await partition(work, count, ctx);
    tried.push({ ...found, values: counts.length * settings.length === 1 ? [0] : valuesOf(found) });
    ctx.onProgress?.({ stage: 'cluster: choose', done: tried.length, total: counts.length });
  }
  const candidates = tried.flatMap(({ values }, c) =>
    settings.map((setting, s): Candidate => ({ clusters: counts[c]!, ...setting, value: values[s]! })),
  );
  const best = candidates.reduce((a, b) =>
    b.value > a.value || (b.value === a.value && b.clusters === a.clusters) ? b : a,
  );
  const { centres, assignment } = tried[counts.indexOf(best.clusters)]!;
  return {
    centres,
    table: rank(rows, assignment, centres.rows)(best.shrinkage),
    chosen: { clusters: centres.rows, shrinkage: best.shrinkage, temperature: best.temperature },
    candidates: candidates.length > 1 ? candidates : [],
  };
}
