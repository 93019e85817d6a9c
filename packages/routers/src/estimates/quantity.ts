import type { QueryBatch } from '@routeprofile/schema';
import { featuresOf, type FeatureSpace } from './features.js';

/**
 * A measured quantity of a call (dollars, seconds), as it is expected for a query:
 * `mean`: the model's mean; `length`: a power of the prompt's length; `query`: log-linear in length and query vector.
 */
export interface Quantity {
  kind: 'mean' | 'length' | 'query';
  /** Mean of each model; NaN = never measured, and so not estimated. */
  means: Float64Array;
  /** Smallest and largest value of each model: estimates stay between. */
  lowest: Float64Array;
  highest: Float64Array;
  /** Absent for `mean`. */
  regression?: {
    space: FeatureSpace;
    /** [features × models] of the log; rounded to single precision, as files hold them. */
    weights: Float32Array;
    /** What the exponential of a mean log falls short of the mean, one a model (Duan's smearing estimate, 1983). */
    smearing: Float64Array;
  };
}

/** One value a model at a query's features. */
export function atFeatures({ means, lowest, highest, regression }: Quantity, features: Float64Array): Float64Array {
  if (!regression) return means;
  const { weights, smearing: factors } = regression;
  return means.map((mean, m) => {
    if (Number.isNaN(mean) || mean === 0) return mean;
    let log = 0;
    for (let j = 0; j < features.length; j++) log += features[j]! * weights[j * means.length + m]!;
    return Math.min(highest[m]!, Math.max(lowest[m]!, Math.exp(log) * factors[m]!));
  });
}

/** What a call of each model is expected to need for query q of a batch, one a model; NaN where it was never measured. */
export function quantityFor(quantity: Quantity, queries: QueryBatch, q: number): Float64Array {
  if (!quantity.regression) return quantity.means;
  return atFeatures(quantity, featuresOf(quantity.regression.space, queries, q));
}
