import { RouteProfileError, takeRows, type Matrix, type ModelCard, type RunContext } from '@routeprofile/schema';
import { cardScale, placeByCard } from './card-scores.js';
import type { ItemResponseChoice, TriedChoice } from './choose.js';
import { fitTunedItemResponse } from './fit-tuned.js';
import { abilityPrior } from './place.js';
import { difficultySpread } from './own-difficulty.js';
import { responseLogits } from './predict.js';
import type { ReducedQueries } from './query-space.js';
import { mapQueries, type QueryMap } from './query-map.js';
import type { ResponseModel } from './response-model.js';

/** What `fitResponseModel` learns from: the training rows, and the models' cards. */
export interface ResponseInput {
  models: readonly string[];
  cards: readonly ModelCard[];
  /** [training queries × width] */
  vectors: Matrix;
  /** They along their leading axes, where these are known: see `fitTunedItemResponse`. */
  reduced?: ReducedQueries;
  /** [training queries × models] on any scale, NaN = not measured; null: pairs teach. */
  outcomes: Float64Array | null;
  pairs: readonly { query: number; better: number; worse: number }[];
  /** Tasks and the mean vector of their queries, for card scores. */
  tasks: { names: readonly string[]; vectors: Matrix };
}

/** A learned response model, and where each model stands in it. */
export interface LearnedResponses {
  model: ResponseModel;
  /** [models × dimensions] */
  abilities: Float64Array;
  /** Where each ability comes from; null: nothing is known of the model, and its ability is the mean. */
  sources: ('training' | 'card' | null)[];
  /** Components, rank and ridge in use. */
  choice: ItemResponseChoice;
  /** Cross-validation's figures; empty where all was given, or too little is known. */
  tried: TriedChoice[];
}

/**
 * Fits a response model to training rows (see `fitTunedItemResponse`), and places models without training outcomes by their card
 * scores.
 * @param fixed hyper-parameters that cross-validation is not to choose
 * @throws RouteProfileError NO_TRAINING_DATA without an outcome or a pair, SHAPE_MISMATCH, ABORTED.
 */
export function fitResponseModel(
  { models, cards, vectors, reduced, outcomes, pairs, tasks }: ResponseInput,
  fixed: Partial<ItemResponseChoice>,
  ctx: RunContext,
): LearnedResponses {
  const measured = outcomes?.some((y) => !Number.isNaN(y)) === true ? outcomes : null;
  if (!measured && pairs.length === 0)
    throw new RouteProfileError('NO_TRAINING_DATA', 'item response: there are no outcomes and no pairs to learn from', {
      hint: 'Give training rows with outcomes or pairs.',
    });
  const range = rangeOf(measured ?? []);
  const size = { queries: vectors.rows, models: models.length };
  const responses = measured
    ? { ...size, outcomes: measured.map((y) => (y - range[0]) / (range[1] - range[0])) }
    : { ...size, outcomes: undefined, pairs };
  const {
    kind,
    dimensions: D,
    map,
    abilities,
    known,
    choice,
    tried,
  } = fitTunedItemResponse(vectors, responses, fixed, ctx, reduced);

  const rows = Int32Array.from(known.keys()).filter((m) => known[m]);
  const knownAbilities = Float64Array.from([...rows].flatMap((m) => [...abilities.subarray(m * D, (m + 1) * D)]));
  const prior = abilityPrior(knownAbilities, D);
  const spread = responses.outcomes ? spreadOf(map, vectors, abilities, responses.outcomes, models.length) : 0;
  const scale = cardScale(
    { names: tasks.names, items: mapQueries(map, tasks.vectors) },
    { names: Array.from(rows, (m) => models[m]!), abilities: knownAbilities },
    cards,
  );
  const byName = new Map(cards.map((card) => [card.name, card]));
  const sources = known.map((trained, m) => {
    if (trained) return 'training';
    const placed = placeByCard(scale, byName.get(models[m]!), prior);
    abilities.set(placed?.ability ?? prior.mean, m * D);
    return placed ? 'card' : null;
  });
  return { model: { kind, range, map, prior, spread, scale }, abilities, sources, choice, tried };
}

/** Queries beyond this many tell little more of their spread. */
const MOST_SPREAD = 500;

function spreadOf(
  map: QueryMap,
  vectors: Matrix,
  abilities: Float64Array,
  outcomes: Float64Array,
  models: number,
): number {
  const step = Math.max(1, Math.ceil(vectors.rows / MOST_SPREAD));
  const rows = Array.from({ length: Math.ceil(vectors.rows / step) }, (_, i) => i * step);
  const logits = responseLogits(mapQueries(map, takeRows(vectors, rows)), abilities);
  const known = new Float64Array(logits.length);
  rows.forEach((row, i) => known.set(outcomes.subarray(row * models, (row + 1) * models), i * models));
  return difficultySpread(logits, known, models);
}

function rangeOf(outcomes: ArrayLike<number>): readonly [number, number] {
  let [low, high] = [0, 1];
  for (let k = 0; k < outcomes.length; k++) {
    const y = outcomes[k]!;
    if (y < low) low = y;
    if (y > high) high = y;
  }
  return [low, high];
}

/** Mean vectors of the rows of each label, labels in order of their first row; rows without a label count nowhere. */
export function meansByLabel(
  vectors: Matrix,
  labels: readonly (string | null)[],
): { names: string[]; vectors: Matrix } {
  const rows = new Map<string, number[]>();
  labels.forEach((label, i) => {
    if (label === null) return;
    const members = rows.get(label);
    if (members) members.push(i);
    else rows.set(label, [i]);
  });
  const names = [...rows.keys()];
  const out = takeRows(
    vectors,
    names.map((name) => rows.get(name)![0]!),
  );
  names.forEach((name, t) => {
    const members = rows.get(name)!;
    for (let d = 0; d < vectors.cols; d++) {
      let sum = 0;
      for (const i of members) sum += vectors.data[i * vectors.cols + d]!;
      out.data[t * vectors.cols + d] = sum / members.length;
    }
  });
  return { names, vectors: out };
}
