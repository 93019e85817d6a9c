import { createRandom, type RunContext } from '@routeprofile/schema';
import { fitFromMoments, type ItemResponse } from './fit.js';
import { softplus } from '../softmax.js';
import { itemsOf, responseLogits } from './predict.js';
import { takeResponses, type ResponseList } from './responses.js';
import { responseMoments, type ResponseMoments } from './start.js';

/** Hyper-parameters, and what they are worth. */
export interface ItemResponseChoice {
  /** Directions of the query space in use. */
  width: number;
  dimensions: number;
  ridge: number;
  constant: boolean;
}

export interface TriedChoice extends ItemResponseChoice {
  /** Mean cross entropy of a held-out response, in nats, over the folds tried. */
  loss: number;
  /** Folds tried: fewer than three where the choice was beyond doubt worse than the best on these. */
  folds: number;
}

/** A choice with the loss of each held-out query, summed over its responses, fold after fold. */
interface Trial extends TriedChoice {
  losses: Float64Array[];
}

const FOLDS = 3;
/** More queries tell little more about hyper-parameters, and cost as much each. */
const MOST_QUERIES = 1500;
/** With fewer, nothing can be chosen: the models have one order for all queries. */
const FEWEST_QUERIES = 12;
/** A choice whose held-out queries cost more than the best one's by this multiple of the standard error of the paired difference is given up. */
const BEYOND_DOUBT = 3;
/** Fewer held-out queries do not tell a standard error. */
const FEWEST_TO_TELL = 30;
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
 * the other from a common start, and the constant order, by the cross entropy of held-out responses. On at most 1,500 queries. A choice
 * races the best one so far: where it is worse beyond doubt on the folds tried, the others are not tried (Maron and Moore 1994).
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

  const folds = foldsOf(used, responses, coordinates(widest), widest + 1);
  const tried: Trial[] = [];
  const same = (a: ItemResponseChoice, b: ItemResponseChoice) =>
    a.width === b.width && a.dimensions === b.dimensions && a.ridge === b.ridge && a.constant === b.constant;
  const attempt = (wanted: ItemResponseChoice, against?: Trial): Trial => {
    const choice = bounded(wanted);
    const known = tried.find((other) => same(choice, other));
    if (known) return known;
    const trial = raced(coordinates(choice.width), folds, choice, against, ctx);
    tried.push(trial);
    ctx.onProgress?.({ stage: 'item response: choose', done: tried.length, unit: 'settings' });
    return trial;
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
      const found = attempt({ ...from, [key]: value }, best);
      if (found.folds === best.folds && found.loss < best.loss) best = found;
    }
  }
  if (fixed.constant === undefined) {
    const order = attempt({ ...best, constant: true }, best);
    if (order.folds === best.folds && order.loss <= best.loss) best = order;
  }
  const { width, dimensions, ridge, constant } = best;
  return {
    best: { width, dimensions, ridge, constant },
    tried: tried.map(({ losses: _losses, ...rest }) => rest),
  };
}

/** A fold, and what every choice tried on it is fitted to and judged by. */
interface Fold {
  train: Int32Array;
  test: Int32Array;
  taught: ResponseList;
  held: ResponseList;
  /** Of what it is fitted to, in all coordinates. */
  moments: ResponseMoments;
}

const foldsOf = (queries: readonly number[], responses: ResponseList, x: Float64Array, width: number): Fold[] =>
  Array.from({ length: FOLDS }, (_, fold) => {
    const train = Int32Array.from(queries.filter((__, i) => i % FOLDS !== fold));
    const test = Int32Array.from(queries.filter((__, i) => i % FOLDS === fold));
    const taught = takeResponses(responses, train);
    const moments = responseMoments(takeCoordinates(x, width, train), width, taught);
    return { train, test, taught, held: takeResponses(responses, test), moments };
  });

/** @param against the best so far, tried on every fold */
function raced(
  x: Float64Array,
  folds: readonly Fold[],
  options: ItemResponseChoice,
  against: Trial | undefined,
  ctx: RunContext,
): Trial {
  const width = options.width + 1;
  const losses: Float64Array[] = [];
  let count = 0;
  for (const { train, test, taught, held, moments } of folds) {
    if (taught.value.length === 0) {
      losses.push(new Float64Array(0));
      continue;
    }
    const model = fitFromMoments(takeCoordinates(x, width, train), taught, { ...options, ...ROUGH }, moments, ctx);
    losses.push(crossEntropies(model, takeCoordinates(x, width, test), held));
    count += held.value.length;
    if (against && losses.length < folds.length && worseBeyondDoubt(losses, against.losses)) break;
  }
  const sum = losses.reduce((total, fold) => total + fold.reduce((a, b) => a + b, 0), 0);
  return { ...options, loss: count === 0 ? Infinity : sum / count, folds: losses.length, losses };
}

/** Whether queries cost more than another choice's, by more than chance explains. */
function worseBeyondDoubt(losses: readonly Float64Array[], others: readonly Float64Array[]): boolean {
  const excess = losses.flatMap((fold, f) => Array.from(fold, (loss, q) => loss - others[f]![q]!));
  if (excess.length < FEWEST_TO_TELL) return false;
  const mean = excess.reduce((a, b) => a + b, 0) / excess.length;
  const spread = excess.reduce((sum, e) => sum + (e - mean) ** 2, 0);
  return mean > BEYOND_DOUBT * Math.sqrt(spread / (excess.length - 1) / excess.length);
}

function takeCoordinates(x: Float64Array, width: number, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length * width);
  rows.forEach((row, i) => out.set(x.subarray(row * width, (row + 1) * width), i * width));
  return out;
}

/** Of each query, summed over its responses, in nats. */
function crossEntropies(model: ItemResponse, x: Float64Array, responses: ResponseList): Float64Array {
  const { starts, first, second, value, kind, models } = responses;
  const logits = responseLogits(itemsOf(model, x), model.abilities);
  const losses = new Float64Array(starts.length - 1);
  for (let q = 0; q < losses.length; q++)
    for (let e = starts[q]!; e < starts[q + 1]!; e++) {
      const logit = logits[q * models + first[e]!]! - (kind === 'pairs' ? logits[q * models + second[e]!]! : 0);
      losses[q]! += softplus(logit) - value[e]! * logit;
    }
  return losses;
}
