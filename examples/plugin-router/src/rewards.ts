import type { RouterTraining } from '@routeprofile/schema';

export interface Rewards {
  /** [queries × models]; NaN = never seen together. */
  values: Float64Array;
  /** Mean of all that were seen. */
  mean: number;
  source: 'outcomes' | 'pairs';
}

/**
 * What a model earned on a training query: its outcome where any were measured; otherwise, from pairs alone, the share of the
 * query's comparisons with it that it won.
 */
export function rewardsOf({ queries, outcomes, pairs }: RouterTraining, models: number): Rewards {
  const measured = outcomes?.score.some((score) => !Number.isNaN(score)) ?? false;
  const values = outcomes && measured ? outcomes.score : winShares(pairs, queries.texts.length, models);
  const seen = values.filter((value) => !Number.isNaN(value));
  return { values, mean: seen.reduce((a, b) => a + b, 0) / seen.length, source: measured ? 'outcomes' : 'pairs' };
}

function winShares(pairs: RouterTraining['pairs'], queries: number, models: number): Float64Array {
  const wins = new Float64Array(queries * models);
  const met = new Float64Array(queries * models);
  for (const { query, better, worse } of pairs) {
    wins[query * models + better]! += 1;
    met[query * models + better]! += 1;
    met[query * models + worse]! += 1;
  }
  return wins.map((won, i) => (met[i]! > 0 ? won / met[i]! : NaN));
}
