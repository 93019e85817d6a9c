import { RouteProfileError, type RouterInput } from '@routeprofile/schema';
import { bradleyTerry, countWins } from '../common/bradley-terry.js';
import { columnMeans } from '../estimates/measured.js';
import { assertCosts } from './operating-point.js';

/** How good each model is over all training rows: mean outcome, or Bradley–Terry strength on pairs; NaN = not measured. */
export function standings({ training, models }: RouterInput): Float64Array {
  const { outcomes, pairs } = training;
  if (outcomes?.score.some((score) => !Number.isNaN(score))) return columnMeans(outcomes.score, models.length);
  if (pairs.length === 0) return new Float64Array(models.length).fill(NaN);
  const strengths = bradleyTerry(countWins(models.length, pairs), models.length, { ridge: 1 });
  const met = new Set(pairs.flatMap(({ better, worse }) => [better, worse]));
  return Float64Array.from(strengths, (strength, m) => (met.has(m) ? strength : NaN));
}

/** The model of best standing, the first of equals. @throws RouteProfileError NO_TRAINING_DATA */
export function bestModel(wrapper: string, input: RouterInput): string {
  const best = extreme(standings(input), 1);
  if (best >= 0) return input.models[best]!;
  throw new RouteProfileError('NO_TRAINING_DATA', `${wrapper}: no training row says which model is best`, {
    hint: `Name it: +${wrapper}:strong=MODEL.`,
  });
}

/** The model of least mean expected cost, the first of equals. @throws RouteProfileError UNSUPPORTED without any cost */
export function cheapestModel(wrapper: string, { models }: RouterInput, costs: Float64Array): string {
  assertCosts(wrapper, costs);
  return models[extreme(columnMeans(costs, models.length), -1)]!;
}

function extreme(values: Float64Array, sign: 1 | -1): number {
  let best = -1;
  values.forEach((value, m) => {
    if (!Number.isNaN(value) && (best < 0 || sign * value > sign * values[best]!)) best = m;
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
