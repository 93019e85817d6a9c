import { createRandom, type RunContext } from '@routeprofile/schema';
import { fitItemResponse, type ItemResponse, type ItemResponseOptions } from './fit.js';
import { softplus } from '../softmax.js';
import { itemsOf, responseLogits } from './predict.js';
import { takeResponses, type ResponseList } from './responses.js';

/** Hyper-parameters, and what they are worth. */
export interface ItemResponseChoice {
  /** Directions of the query space in use. */
  width: number;
  dimensions: number;
  ridge: number;
  constant: boolean;
}

export interface TriedChoice extends ItemResponseChoice {
  /** Mean cross entropy of a held-out response, in nats. */
  loss: number;
}

const FOLDS = 3;
/** More queries tell little more about hyper-parameters, and cost as much each. */
const MOST_QUERIES = 1500;
/** With fewer, nothing can be chosen: the models have one order for all queries. */
const FEWEST_QUERIES = 12;
const ROUGH = { steps: 100, tolerance: 1e-5 };
const START = { width: 64, dimensions: 4, ridge: 128, constant: false };
/** Each coordinate in turn, from the best so far; values that the data cannot fill are left out. */
const PATH = {
  ridge: [32, 512, 8, 2048],
  width: [32, 96, 16],
  dimensions: [8, 2],
};

/**
 * Width, rank and ridge by 3-fold cross-validation over queries (all responses to a query are held out together), one after
 * the other from a common start, and the constant order, by the cross entropy of held-out responses. On at most 1,500 queries.
 *
 * @param coordinates of all queries for a number of directions: [queries × (width + 1)]
 * @param widest directions there are
 * @param fixed what is not to be chosen
 * @returns the best, and all that were tried
 */
export function chooseItemResponse(
  coordinates: (width: number) => Float64Array,
  widest: number,
  responses: ResponseList,
  fixed: Partial<ItemResponseChoice>,
  ctx: RunContext,
): { best: ItemResponseChoice; tried: TriedChoice[] } {
  const answered = Array.from({ length: responses.starts.length - 1 }, (_, q) => q).filter(
    (q) => responses.starts[q + 1]! > responses.starts[q]!,
  );
  const used = createRandom(ctx.seed, 'item response', 'folds').sample(answered, MOST_QUERIES);
  const rank = Math.max(1, responses.models - 1);
  const bounded = (choice: ItemResponseChoice): ItemResponseChoice => ({
    ...choice,
    width: Math.min(choice.width, widest),
    dimensions: choice.constant ? 1 : Math.min(choice.dimensions, rank),
  });
  const start = bounded({ ...START, ...fixed });
  if (Object.keys(PATH).every((key) => key in fixed)) return { best: start, tried: [] };
  if (used.length < FEWEST_QUERIES) return { best: bounded({ ...start, constant: true, ...fixed }), tried: [] };

  const folds = foldsOf(used);
  const tried: TriedChoice[] = [];
  const same = (a: ItemResponseChoice, b: ItemResponseChoice) =>
    a.width === b.width && a.dimensions === b.dimensions && a.ridge === b.ridge && a.constant === b.constant;
  const attempt = (wanted: ItemResponseChoice): TriedChoice => {
    const choice = bounded(wanted);
    const known = tried.find((other) => same(choice, other));
    if (known) return known;
    const loss = heldOutLoss(coordinates(choice.width), choice.width + 1, responses, folds, choice, ctx);
    tried.push({ ...choice, loss });
    ctx.onProgress?.({ stage: 'item response: choose', done: tried.length, unit: 'settings' });
    return tried[tried.length - 1]!;
  };
  let best = attempt(start);
  for (const key of ['ridge', 'width', 'dimensions'] as const) {
    if (fixed[key] !== undefined || start.constant) continue;
    const from = best;
    for (const value of PATH[key]) {
      // Two values beside the start first; further ones only where the nearer was better.
      const beyond = value > START[key] ? best[key] > START[key] : best[key] < START[key];
      const near = PATH[key].filter((other) => other > START[key] === value > START[key])[0] === value;
      if (!near && !beyond) continue;
      const found = attempt({ ...from, [key]: value });
      if (found.loss < best.loss) best = found;
    }
  }
  if (fixed.constant === undefined) {
    const order = attempt({ ...best, constant: true });
    if (order.loss <= best.loss) best = order;
  }
  const { loss: _loss, ...choice } = best;
  return { best: choice, tried };
}

const foldsOf = (queries: readonly number[]): { train: Int32Array; test: Int32Array }[] =>
  Array.from({ length: FOLDS }, (_, fold) => ({
    train: Int32Array.from(queries.filter((__, i) => i % FOLDS !== fold)),
    test: Int32Array.from(queries.filter((__, i) => i % FOLDS === fold)),
  }));

function heldOutLoss(
  x: Float64Array,
  width: number,
  responses: ResponseList,
  folds: readonly { train: Int32Array; test: Int32Array }[],
  options: ItemResponseOptions,
  ctx: RunContext,
): number {
  let loss = 0;
  let count = 0;
  for (const { train, test } of folds) {
    const taught = takeResponses(responses, train);
    if (taught.value.length === 0) continue;
    const model = fitItemResponse(takeCoordinates(x, width, train), taught, { ...options, ...ROUGH }, ctx);
    const held = takeResponses(responses, test);
    loss += crossEntropy(model, takeCoordinates(x, width, test), held);
    count += held.value.length;
  }
  return count === 0 ? Infinity : loss / count;
}

function takeCoordinates(x: Float64Array, width: number, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length * width);
  rows.forEach((row, i) => out.set(x.subarray(row * width, (row + 1) * width), i * width));
  return out;
}

/** Summed over the responses, in nats. */
function crossEntropy(model: ItemResponse, x: Float64Array, responses: ResponseList): number {
  const { starts, first, second, value, kind, models } = responses;
  const logits = responseLogits(itemsOf(model, x), model.abilities);
  let loss = 0;
  for (let q = 0; q + 1 < starts.length; q++)
    for (let e = starts[q]!; e < starts[q + 1]!; e++) {
      const logit = logits[q * models + first[e]!]! - (kind === 'pairs' ? logits[q * models + second[e]!]! : 0);
      loss += softplus(logit) - value[e]! * logit;
    }
  return loss;
}
