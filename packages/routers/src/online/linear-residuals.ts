import { invertPositiveDefinite } from '@routeprofile/numerics';
import { rowOf } from '@routeprofile/schema';
import type { Learned } from './learned-decisions.js';
import type { Judged } from './window.js';

/**
 * What the fitted router misjudges, linear in few features φ of the query, for each model on its own by ridge regression:
 * r − v_m(x) ≈ θ_m·φ(x) with A_m = ridge·I + Σ φ φᵀ, θ_m = A_m⁻¹ Σ φ (r − v_m(x)). The deviation is √(φᵀ A_m⁻¹ φ), as LinUCB has it (Li et al. 2010, arXiv
 * 1003.0146, algorithm 1); multiplied by the deviation of a reward it is that of the posterior of θ_m·φ.
 * @param judged all with what was expected, and with features
 * @param ridge judged answers that the fitted router counts for
 */
export function linearResiduals(judged: Judged, { ridge }: { ridge: number }, models: number): Learned {
  const { count, rewards, expected } = judged;
  const points = judged.points!;
  const width = points.cols;
  const grams = Array.from({ length: models }, () => {
    const gram = new Float64Array(width * width);
    for (let i = 0; i < width; i++) gram[i * width + i] = ridge;
    return gram;
  });
  const moments = grams.map(() => new Float64Array(width));
  const counts = new Float64Array(models);
  for (let k = 0; k < count; k++) {
    const point = rowOf(points, k);
    const model = judged.models[k]!;
    const residual = rewards[k]! - expected[k]!;
    counts[model]!++;
    addOuter(grams[model]!, point);
    const moment = moments[model]!;
    for (let i = 0; i < width; i++) moment[i]! += residual * point[i]!;
  }
  const inverses = grams.map((gram) => invertPositiveDefinite(gram, width));
  const slopes = inverses.map((inverse, m) => timesVector(inverse, moments[m]!));
  return (query) => {
    const point = query!;
    return (model, chance) => {
      const change = dot(slopes[model]!, point);
      const spread = dot(timesVector(inverses[model]!, point), point);
      return {
        chance: Math.min(1, Math.max(0, chance + change)),
        deviation: Math.sqrt(spread),
        weight: counts[model]!,
      };
    };
  };
}

function addOuter(sum: Float64Array, x: Float32Array): void {
  for (let i = 0; i < x.length; i++) for (let j = 0; j < x.length; j++) sum[i * x.length + j]! += x[i]! * x[j]!;
}

function timesVector(matrix: Float64Array, x: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: x.length }, (_, i) => dot(matrix.subarray(i * x.length, (i + 1) * x.length), x));
}

function dot(a: Float64Array, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
