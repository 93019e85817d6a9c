import {
  createMatrix,
  lessonOf,
  rowOf,
  type Matrix,
  type PreferencePair,
  type RouterTraining,
} from '@routeprofile/schema';
import { fitBradleyTerry, countWins } from '@routeprofile/numerics';
import { relativeOutcomes } from '../common/relative-outcomes.js';

/**
 * What each model is worth in each cluster, [clusters × models], by some training queries, under one shrinkage after the other: what draws a
 * cluster to all clusters, in rows of outcomes or as the precision of Bradley–Terry strengths.
 * @param rows the queries to learn from
 * @param assignment the cluster of each training query
 */
export type Rank = (rows: Int32Array, assignment: Int32Array, clusters: number) => (shrinkage: number) => Matrix;

export const ranker = (training: RouterTraining, models: number): Rank =>
  lessonOf(training) === 'outcomes' ? byOutcomes(training, models) : byPairs(training, models);

/** (Σ advantage + shrinkage · overall mean) / (n + shrinkage). */
function byOutcomes(training: RouterTraining, models: number): Rank {
  const { advantages, measured } = relativeOutcomes(training.outcomes, models);
  return (rows, assignment, clusters) => {
    // The last row stands for all clusters.
    const sums = new Float64Array((clusters + 1) * models);
    const counts = new Float64Array((clusters + 1) * models);
    for (const q of rows)
      for (const c of [assignment[q]!, clusters])
        for (let m = 0; m < models; m++) {
          sums[c * models + m]! += advantages[q * models + m]!;
          counts[c * models + m]! += measured[q * models + m]!;
        }
    return (shrinkage) => {
      const out = createMatrix(clusters, models);
      for (let k = 0; k < clusters * models; k++) {
        const all = clusters * models + (k % models);
        const overall = counts[all]! > 0 ? sums[all]! / counts[all]! : 0;
        out.data[k] = (sums[k]! + shrinkage * overall) / (counts[k]! + shrinkage);
      }
      return out;
    };
  };
}

/** Bradley–Terry strengths of a cluster's pairs, drawn to the strengths over all pairs. */
function byPairs({ pairs }: RouterTraining, models: number): Rank {
  return (rows, assignment, clusters) => {
    const known = new Set(rows);
    const learned = pairs.filter(({ query }) => known.has(query));
    const overall = fitBradleyTerry(countWins(models, learned), models);
    const members = Array.from({ length: clusters }, (): PreferencePair[] => []);
    for (const pair of learned) members[assignment[pair.query]!]!.push(pair);
    const wins = members.map((here) => countWins(models, here));
    return (shrinkage) => {
      const out = createMatrix(clusters, models);
      wins.forEach((won, c) => rowOf(out, c).set(fitBradleyTerry(won, models, { ridge: shrinkage, prior: overall })));
      return out;
    };
  };
}
