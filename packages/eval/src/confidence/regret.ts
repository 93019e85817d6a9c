import type { Regret } from '@routeprofile/schema';
import { type BootstrapOptions, meanOf, percentileInterval, quantile, resampledMeans } from '@routeprofile/numerics';

const QUANTILES = [0.5, 0.75, 0.9, 0.95, 0.99];

/**
 * What each of several policies loses to the oracle, row by row: the row's best score less that of the choice.
 * @param scores of the choices, one series per policy
 * @param best the highest score of each row
 * @returns one a policy; null without rows
 */
export function regretsOf(
  scores: readonly Float64Array[],
  best: Float64Array,
  bootstrap: BootstrapOptions,
): (Regret | null)[] {
  if (best.length === 0) return scores.map(() => null);
  const regrets = scores.map((own) => best.map((score, row) => score - own[row]!));
  const means = resampledMeans(regrets, bootstrap);
  return regrets.map((regret, i) => {
    const sorted = regret.toSorted();
    return {
      mean: { value: meanOf(regret), ...percentileInterval(means[i]!, bootstrap) },
      none: regret.filter((lost) => lost === 0).length / regret.length,
      quantiles: QUANTILES.map((at) => ({ at, regret: quantile(sorted, at) })),
    };
  });
}
