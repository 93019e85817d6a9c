import { RouteProfileError, type Matrix, type NamedArray } from '@routeprofile/schema';
import type { CardScale } from './card-scores.js';
import { sigmoid } from '../softmax.js';
import type { AbilityPrior } from './place.js';
import { responseLogits } from './predict.js';
import { mapQueries, type QueryMap } from './query-map.js';
import type { ResponseKind } from './responses.js';

/** All that is needed, beside abilities, to predict answers and to place further models. */
export interface ResponseModel {
  kind: ResponseKind;
  /** Outcomes between which a chance of 0 and of 1 lies: 0 and 1, unless the training outcomes exceeded them. */
  range: readonly [low: number, high: number];
  map: QueryMap;
  prior: AbilityPrior;
  /** Standard deviation of a query's own difficulty around what the map says (see `difficultySpread`); 0 for pairs. */
  spread: number;
  /** Tasks on the cards of known models. */
  scale: CardScale;
}

/** Numbers of a vector of abilities. */
export const dimensionsOf = ({ map }: ResponseModel): number => map.weights.rows - 1;

/**
 * Expected outcomes, [queries × models]; where only pairs taught, worths of which differences count.
 * @param abilities [models × dimensions]
 */
export function expectedOutcomes(
  { kind, range: [low, high], map }: ResponseModel,
  abilities: Float64Array,
  vectors: Matrix,
): Float64Array {
  const logits = responseLogits(mapQueries(map, vectors), abilities);
  return kind === 'pairs' ? logits : logits.map((logit) => low + (high - low) * sigmoid(logit));
}

const TASK = 'task/';

const row = (values: ArrayLike<number>): NamedArray => ({ shape: [values.length], data: Float32Array.from(values) });

/**
 * The model as files hold it: `kind` [1] (1 outcomes, 0 pairs), `range` [2], `map` [(dimensions + 1) × query width], `offsets`,
 * `spread` [1], `prior/mean`, `prior/precision`, `task-weight` [1], `tasks` [1], how many there are, and `task/NAME`: discrimination, difficulty and divisor of its scores.
 */
export function packResponseModel(model: ResponseModel): Record<string, NamedArray> {
  const { kind, range, map, prior, spread, scale } = model;
  const D = dimensionsOf(model);
  const { weights } = map;
  return {
    kind: row([kind === 'outcomes' ? 1 : 0]),
    range: row(range),
    map: { shape: [weights.rows, weights.cols], data: weights.data },
    offsets: row(map.offsets),
    spread: row([spread]),
    'prior/mean': row(prior.mean),
    'prior/precision': { shape: [D, D], data: Float32Array.from(prior.precision) },
    'task-weight': row([scale.weight]),
    tasks: row([scale.tasks.length]),
    ...Object.fromEntries(
      scale.tasks.map((task, t) => [
        `${TASK}${task}`,
        row([
          ...scale.items.discrimination.subarray(t * D, (t + 1) * D),
          scale.items.difficulty[t]!,
          scale.divisors[t]!,
        ]),
      ]),
    ),
  };
}

/**
 * The reverse of `packResponseModel`.
 * @throws RouteProfileError CORRUPT_FILE when an array is missing, of another shape or not finite
 */
export function unpackResponseModel(arrays: Readonly<Record<string, NamedArray>>): ResponseModel {
  const read = (name: string, ...shape: (number | undefined)[]): NamedArray => {
    const array = Object.hasOwn(arrays, name) ? arrays[name] : undefined;
    const fits =
      array?.shape.length === shape.length &&
      shape.every((length, i) => length === undefined || length === array.shape[i]) &&
      array.data.length === array.shape.reduce((a, b) => a * b, 1) &&
      array.data.every(Number.isFinite);
    if (!array || !fits)
      throw new RouteProfileError('CORRUPT_FILE', `item response: the array '${name}' is missing or damaged`, {
        hint: 'Make the profiles or the router again.',
      });
    return array;
  };
  const weights = read('map', undefined, undefined);
  const [rows = 0, cols = 0] = weights.shape;
  const D = rows - 1;
  const tasks = Object.keys(arrays).filter((name) => name.startsWith(TASK));
  const count = read('tasks', 1).data[0];
  if (tasks.length !== count)
    throw new RouteProfileError(
      'CORRUPT_FILE',
      `item response: there are ${tasks.length} arrays of tasks, expected ${count}`,
      { hint: 'Make the profiles or the router again.' },
    );
  const items = tasks.map((name) => read(name, D + 2).data);
  const [low = 0, high = 1] = read('range', 2).data;
  return {
    kind: read('kind', 1).data[0] === 1 ? 'outcomes' : 'pairs',
    range: [low, high],
    map: { weights: { rows, cols, data: weights.data }, offsets: read('offsets', rows).data },
    prior: {
      mean: Float64Array.from(read('prior/mean', D).data),
      precision: Float64Array.from(read('prior/precision', D, D).data),
    },
    spread: Math.max(0, read('spread', 1).data[0]!),
    scale: {
      tasks: tasks.map((name) => name.slice(TASK.length)),
      divisors: Float64Array.from(items, (values) => values[D + 1]!),
      items: {
        dimensions: D,
        discrimination: Float64Array.from(items.flatMap((values) => [...values.subarray(0, D)])),
        difficulty: Float64Array.from(items, (values) => values[D]!),
      },
      weight: read('task-weight', 1).data[0]!,
    },
  };
}
