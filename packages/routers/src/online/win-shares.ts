import type { Random } from '@routeprofile/schema';

/** What a model is thought to be worth: a normal distribution. */
export interface Belief {
  mean: number;
  /** At least 0. */
  deviation: number;
}

/**
 * How often each model is the best in joint draws, as shares: what Thompson sampling would choose it with (Thompson 1933; Agrawal and Goyal 2013,
 * arXiv 1209.3352). The first of equals wins.
 * @returns shape [models]; sums to 1
 */
export function winShares(beliefs: readonly Belief[], draws: number, random: Random): Float64Array {
  const wins = new Float64Array(beliefs.length);
  for (let draw = 0; draw < draws; draw++) {
    let best = 0;
    let highest = -Infinity;
    beliefs.forEach(({ mean, deviation }, m) => {
      const worth = mean + deviation * random.normal();
      if (worth > highest) [best, highest] = [m, worth];
    });
    wins[best]!++;
  }
  return wins.map((won) => won / draws);
}
