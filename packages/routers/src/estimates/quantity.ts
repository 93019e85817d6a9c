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

/** Logs at a query's features, one a model. */
export function logsAt(weights: ArrayLike<number>, features: ArrayLike<number>, models: number): Float64Array {
  const out = new Float64Array(models);
  for (let j = 0; j < features.length; j++) {
    const x = features[j]!;
    for (let m = 0; m < models; m++) out[m]! += x * weights[j * models + m]!;
  }
  return out;
}

/** Values out of logs, within what was measured of each model. */
export function fromLogs(
  { means, lowest, highest }: Pick<Quantity, 'means' | 'lowest' | 'highest'>,
  smearing: Float64Array,
  logs: Float64Array,
): Float64Array {
  return means.map((mean, m) => {
    if (Number.isNaN(mean) || mean === 0) return mean;
    return Math.min(highest[m]!, Math.max(lowest[m]!, Math.exp(logs[m]!) * smearing[m]!));
  });
}

/** What a call of each model is expected to need for query q of a batch, one a model; NaN where it was never measured. */
export function quantityFor(quantity: Quantity, queries: QueryBatch, q: number): Float64Array {
  const { regression, means } = quantity;
  if (!regression) return means;
  const logs = logsAt(regression.weights, featuresOf(regression.space, queries, q), means.length);
  return fromLogs(quantity, regression.smearing, logs);
}
