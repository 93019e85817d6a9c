import { createMatrix, lessonOf, rowOf, type Matrix, type RouterTraining } from '@routeprofile/schema';
import { fitBradleyTerry, countWins } from '@routeprofile/numerics';
import { relativeOutcomes } from '../common/relative-outcomes.js';

/**
 * What each model is worth in each cluster, [clusters × models], by some training queries.
 * @param rows the queries to learn from
 * @param assignment the cluster of each training query
 * @param shrinkage what draws a cluster to all clusters: rows of outcomes, or precision of Bradley–Terry strengths
 */
export type Rank = (rows: Int32Array, assignment: Int32Array, clusters: number, shrinkage: number) => Matrix;

export const ranker = (training: RouterTraining, models: number): Rank =>
  lessonOf(training) === 'outcomes' ? byOutcomes(training, models) : byPairs(training, models);

/** (Σ advantage + shrinkage · overall mean) / (n + shrinkage). */
function byOutcomes(training: RouterTraining, models: number): Rank {
  const { advantages, measured } = relativeOutcomes(training.outcomes, models);
  return (rows, assignment, clusters, shrinkage) => {
    // The last row stands for all clusters.
    const sums = new Float64Array((clusters + 1) * models);
    const counts = new Float64Array((clusters + 1) * models);
    for (const q of rows)
      for (const c of [assignment[q]!, clusters])
        for (let m = 0; m < models; m++) {
          sums[c * models + m]! += advantages[q * models + m]!;
          counts[c * models + m]! += measured[q * models + m]!;
        }
    const out = createMatrix(clusters, models);
    for (let k = 0; k < clusters * models; k++) {
      const all = clusters * models + (k % models);
      const overall = counts[all]! > 0 ? sums[all]! / counts[all]! : 0;
      out.data[k] = (sums[k]! + shrinkage * overall) / (counts[k]! + shrinkage);
    }
    return out;
  };
}

/** Bradley–Terry strengths of a cluster's pairs, drawn to the strengths over all pairs. */
function byPairs({ pairs }: RouterTraining, models: number): Rank {
  return (rows, assignment, clusters, shrinkage) => {
    const known = new Set(rows);
    const learned = pairs.filter(({ query }) => known.has(query));
    const overall = fitBradleyTerry(countWins(models, learned), models);
    const out = createMatrix(clusters, models);
    for (let c = 0; c < clusters; c++) {
      const here = learned.filter(({ query }) => assignment[query] === c);
      const strengths = fitBradleyTerry(countWins(models, here), models, { ridge: shrinkage, prior: overall });
      rowOf(out, c).set(strengths);
    }
    return out;
  };
}
