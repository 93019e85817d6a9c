import { bestSingle } from '@routeprofile/numerics';
import { RouteProfileError, type RouterInput } from '@routeprofile/schema';
import { columnMeans } from '../estimates/measured.js';
import { assertCosts } from './operating-point.js';

/** The best single model of the training rows (`bestSingle`). @throws RouteProfileError NO_TRAINING_DATA */
export function bestModel(wrapper: string, { models, training }: RouterInput): string {
  const best = bestSingle(models, training);
  if (best) return best.model;
  throw new RouteProfileError('NO_TRAINING_DATA', `${wrapper}: no training row says which model is best`, {
    hint: `Name it: +${wrapper}:strong=MODEL.`,
  });
}

/** The model of least mean expected cost, the first of equals. @throws RouteProfileError UNSUPPORTED without any cost */
export function cheapestModel(wrapper: string, { models }: RouterInput, costs: Float64Array): string {
  assertCosts(wrapper, costs);
  return models[lowest(columnMeans(costs, models.length))]!;
}

function lowest(values: Float64Array): number {
  let best = -1;
  values.forEach((value, m) => {
    if (!Number.isNaN(value) && (best < 0 || value < values[best]!)) best = m;
  });
  return best;
}

/** @throws RouteProfileError UNKNOWN_NAME unless the router has such a model */
export function assertKnown(wrapper: string, models: readonly string[], named: readonly string[]): void {
  const unknown = named.filter((model) => !models.includes(model));
  if (unknown.length > 0)
    throw new RouteProfileError('UNKNOWN_NAME', `${wrapper}: no model is called ${unknown.join(', ')}`, {
      hint: `Models: ${models.join(', ')}.`,
    });
}
