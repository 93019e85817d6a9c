import { RouteProfileError } from '../errors.js';
import type { RouterInput } from '../router.js';
import type { QueryBatch } from '../training.js';
import { assertModels } from './vectors.js';

/** Routers keep 32-bit floats and square what they learn from: up to here sums of squares stay finite. */
const LARGEST = 1e12;

/**
 * Something to choose from, and outcomes that can be learned from.
 * @throws RouteProfileError BAD_INPUT for fewer than two models, or one listed twice; NOT_FINITE for a training outcome beyond ±1e12
 */
export function assertTrainable(strategy: string, { models, training }: RouterInput): void {
  assertModels(strategy, models);
  if (training.outcomes) assertOrdinary(strategy, 'score', training.outcomes.score, models, training.queries);
}

/**
 * @param what what the values are, such as `score`
 * @param values shape [queries × models]; NaN, which is not measured, passes
 * @throws RouteProfileError NOT_FINITE naming the first value beyond ±1e12
 */
export function assertOrdinary(
  strategy: string,
  what: string,
  values: Float64Array,
  models: readonly string[],
  { ids }: QueryBatch,
): void {
  const at = values.findIndex((value) => Math.abs(value) > LARGEST);
  if (at < 0) return;
  const row = Math.floor(at / models.length);
  throw new RouteProfileError(
    'NOT_FINITE',
    `${strategy}: the ${what} of '${models[at % models.length]}' on training query ${ids?.[row] ?? `number ${row}`} is ${values[at]}, expected at most ${LARGEST} either way`,
    {
      hint: 'Bring outcomes to an ordinary scale, such as scores from 0 to 1, or leave such rows out: larger numbers overflow.',
    },
  );
}
