import {
  createMatrix,
  takeOutcomes,
  takeRows,
  type KeyedScores,
  type ProfileSet,
  type QueryBatch,
  type Random,
  type RouterInput,
  type RouterTraining,
} from '@routeprofile/schema';
import { workOnPart } from './shared-work.js';

/**
 * Training queries dealt to folds of nearly equal size, at random but stratified by task, so that a small task is not held out
 * whole.
 * @returns the fold of each query
 */
export function dealFolds(tasks: readonly (string | null)[], folds: number, random: Random): Int32Array {
  const out = new Int32Array(tasks.length);
  byTask(tasks, random).forEach((q, i) => (out[q] = i % folds));
  return out;
}

/** Training queries in random order, those of a task together, tasks as they first appear. */
export function byTask(tasks: readonly (string | null)[], random: Random): number[] {
  const parts = new Map([...new Set(tasks)].map((task): [string | null, number[]] => [task, []]));
  for (const q of random.shuffle(tasks.map((_, q) => q))) parts.get(tasks[q]!)!.push(q);
  return [...parts.values()].flat();
}

/** Rows of one fold, and all others, in order. */
export function splitFold(foldOf: Int32Array, fold: number): { heldOut: Int32Array; rest: Int32Array } {
  const rows = foldOf.map((_, q) => q);
  return { heldOut: rows.filter((q) => foldOf[q] === fold), rest: rows.filter((q) => foldOf[q] !== fold) };
}

/** The given queries of a batch, in the order given. */
export function takeQueries(
  { texts, vectors, encoder, ids, tasks, requirements, work }: QueryBatch,
  rows: Int32Array,
): QueryBatch {
  const pick = <T>(list: readonly T[]): T[] => Array.from(rows, (row) => list[row]!);
  const own = vectors && takeRows(vectors, rows);
  return {
    texts: pick(texts),
    ...(own && { vectors: own }),
    ...(own && work?.vectors === vectors && { work: workOnPart(work, own, rows) }),
    ...(encoder !== undefined && { encoder }),
    ...(ids && { ids: pick(ids) }),
    ...(tasks && { tasks: pick(tasks) }),
    ...(requirements && { requirements: pick(requirements) }),
  };
}

/**
 * The input as it would be with these training queries alone, renumbered in the order given. Keys of the profiles that are held
 * out queries go with them, and so does what a trained profile keeps as `state`: it was learned from all rows.
 */
export function onlyQueries(input: RouterInput, rows: Int32Array): RouterInput {
  const { training, models, profiles } = input;
  return {
    ...input,
    profiles: profilesWithout(profiles, placesOf(rows)),
    training: takeTraining(training, rows, models.length),
  };
}

/** Training rows of these queries alone, renumbered in the order given. */
export function takeTraining(
  { queries, tasks, pairs, outcomes }: RouterTraining,
  rows: Int32Array,
  models: number,
): RouterTraining {
  const place = placesOf(rows);
  return {
    queries: takeQueries(queries, rows),
    tasks: Array.from(rows, (row) => tasks[row]!),
    pairs: pairs.flatMap((pair) => {
      const query = place.get(pair.query);
      return query === undefined ? [] : [{ ...pair, query }];
    }),
    outcomes: outcomes && takeOutcomes(outcomes, rows, models),
  };
}

const placesOf = (rows: Int32Array): Map<number, number> => new Map(Array.from(rows, (row, i) => [row, i]));

/** @param place new number of each training query that stays */
function profilesWithout(
  { keyed, state: _learned, ...set }: ProfileSet,
  place: ReadonlyMap<number, number>,
): ProfileSet {
  if (!keyed) return set;
  const { queries } = keyed;
  const kept = Int32Array.from(keyed.labels.keys()).filter((k) => {
    const query = queries?.[k] ?? -1;
    return query < 0 || place.has(query);
  });
  const scores = createMatrix(keyed.scores.rows, kept.length);
  kept.forEach((k, i) => {
    for (let m = 0; m < scores.rows; m++)
      scores.data[m * kept.length + i] = keyed.scores.data[m * keyed.scores.cols + k]!;
  });
  const fewer: KeyedScores = {
    keys: takeRows(keyed.keys, kept),
    labels: Array.from(kept, (k) => keyed.labels[k]!),
    scores,
    ...(queries && { queries: kept.map((k) => (queries[k]! < 0 ? -1 : place.get(queries[k]!)!)) }),
  };
  return { ...set, keyed: fewer };
}
