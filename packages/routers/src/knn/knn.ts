import {
  corruptFile,
  createMatrix,
  defineScoringRouter,
  inheritance,
  inheritedReasons,
  normalizeRows,
  profileVectors,
  rowOf,
  throwIfAborted,
  z,
  type Matrix,
  type ProfileSet,
  type RouterStrategy,
} from '@routeprofile/schema';
import { chooseNeighbourhood } from './choose-neighbourhood.js';
import { gatherEvidence } from './evidence.js';
import { listQueries, noLists, openLists, searchAmong } from './listed-queries.js';
import { centred, knownModels, memoryOf, memoryWeights, remember } from './memory.js';
import type { Neighbours } from './neighbours.js';
import { approximateNeighbours, exactNeighbours } from './search.js';

const NAME = 'knn';
const options = z.strictObject({
  /** Training queries that a query is compared with; `auto` chooses by cross-validation over training queries. */
  k: z.union([z.number().int().min(1), z.literal('auto')]).default('auto'),
  /**
   * A neighbour weighs exp((cosine − highest cosine) / temperature): low, only the nearest count; high, all k alike. `auto`
   * chooses by cross-validation.
   */
  temperature: z.union([z.number().gt(0), z.literal('auto')]).default('auto'),
  /**
   * Weight of the average over all training queries, counted in nearest neighbours (outcomes), or
   * the precision of the prior on Bradley–Terry strengths (pairs). Default 1.
   */
  ridge: z.number().gt(0).default(1),
  /**
   * How the nearest are found. `exact`: a query is compared with every training query. `approximate`: with those of the most promising
   * lists, 65,536 at least, in one byte per number. `auto` (default): exactly among up to 100,000 training queries, approximately among more.
   */
  search: z.enum(['auto', 'exact', 'approximate']).default('auto'),
});
type Options = z.infer<typeof options>;
/** Options of `knnRouter`. `temperature` and `search` may be left away by callers who write options by hand: they are then `auto`. */
export type KnnOptions = Omit<Options, 'temperature' | 'search'> & Partial<Pick<Options, 'temperature' | 'search'>>;

const state = z.object({
  k: z.number().int().min(1),
  temperature: z.number().gt(0),
  known: z.enum(['outcomes', 'pairs']),
  /** How many training queries and, where outcomes are not known, pairs are kept; absent in files of earlier versions. */
  queries: z.number().int().min(1).optional(),
  pairs: z.number().int().min(1).optional(),
  /** How the nearest are found; absent in files of earlier versions, which search exactly. */
  search: z.enum(['exact', 'approximate']).optional(),
  /** How many lists there are, for the approximate search. */
  lists: z.number().int().min(1).optional(),
  newModels: z.array(z.string()),
  crossValidation: z.array(z.object({ k: z.number(), temperature: z.number(), loss: z.number() })),
});

/** Of Bradley–Terry strengths: a smaller one changes no choice. */
const TOLERANCE = 1e-5;

/**
 * A model is scored by the training queries most like the one asked, the k nearest by cosine, nearer ones weighing more: its
 * mean outcome there, or, where only pairs are known, its Bradley–Terry strength on their pairs; both drawn to what they are
 * over all training queries. Vectors are compared after the mean of the training vectors is taken from them. Outcomes are
 * compared within their query, so that with missing ones a model is not favoured for having met the easy queries.
 *
 * A model without training outcomes or pairs takes over the scores of the others, weighted by how like its profile theirs
 * are (see `inheritance`); a weighted mean never beats the best of them, so such a model is ranked, but hardly ever first.
 * The router keeps the vectors of all training queries. Up to 100,000 it compares a query with each: n × d multiplications per query, and a
 * second copy of the vectors in memory. Beyond, it searches inverted lists (`invertedLists` of numerics): some 65,536 × d multiplications in
 * integers, and a second copy in one byte per number. Which of the two is said to the logger, in the state and in each decision's reasons;
 * the option `search` forces either.
 *
 * Scores: [queries × models], expected outcomes, or strengths on the logit scale where pairs are all there is.
 * `fit` throws RouteProfileError NO_TRAINING_DATA without outcomes and pairs.
 */
export const knnRouter: RouterStrategy<KnnOptions> = /* @__PURE__ */ defineScoringRouter({
  name: NAME,
  summary:
    'mean outcome (or Bradley–Terry strength, from pairs) on the most similar training queries; nearer ones count more',
  options,
  needs: ['vectors', 'training'],
  state,
  shapes: ({ models, dimensions, options: chosen, state: { known, queries, pairs, lists, ...own } }) => ({
    centre: [1, dimensions],
    queries: [queries, dimensions],
    levels: known === 'outcomes' ? ['queries', 1] : null,
    advantages: known === 'outcomes' ? ['queries', models] : null,
    measured: known === 'outcomes' ? ['queries', models] : null,
    pairs: known === 'pairs' ? [pairs, 3] : null,
    inheritance: [models, models],
    listCentres: isApproximate(chosen, own) ? [lists, dimensions] : null,
    lists: isApproximate(chosen, own) ? ['queries', 1] : null,
  }),
  async learn({ models, training, profiles, vectors }, chosen, ctx) {
    const memory = remember(vectors, models.length, training);
    const fixed = {
      ...(chosen.k !== 'auto' && { k: chosen.k }),
      ...(typeof chosen.temperature === 'number' && { temperature: chosen.temperature }),
    };
    const { rows } = memory.queries;
    const search = chosen.search === undefined || chosen.search === 'auto' ? searchAmong(rows) : chosen.search;
    if (search === 'approximate')
      ctx.logger?.info(
        `${NAME}: the nearest of ${rows} training queries are found approximately (search: ${chosen.search ?? 'auto'})`,
      );
    const listed = search === 'approximate' ? await listQueries(memory.queries, ctx) : noLists();
    const lists = search === 'approximate' ? openLists(NAME, memory.queries, listed) : null;
    const found = await chooseNeighbourhood(memory, chosen.ridge, fixed, lists, ctx);
    const known = knownModels(memory);
    const shares = inheritance(unitProfiles(models, profiles), known);
    return {
      state: {
        k: Math.min(found.k, rows),
        temperature: found.temperature,
        known: memory.known.kind,
        queries: rows,
        search,
        ...(lists && { lists: lists.centres.centres.rows }),
        ...(memory.known.kind === 'pairs' && { pairs: memory.known.pairs.length / 3 }),
        newModels: models.filter((_, m) => !known[m]),
        crossValidation: found.candidates,
      },
      weights: { ...memoryWeights(memory), inheritance: createMatrix(models.length, models.length, shares), ...listed },
    };
  },
  async prepare({ models, state: { known, ...own }, options: chosen, weights }) {
    const memory = memoryOf(known, models.length, weights);
    const limit = [weights.queries.rows, models.length, models.length];
    if (!weights.pairs.data.every((index, k) => Number.isInteger(index) && index >= 0 && index < limit[k % 3]!))
      throw corruptFile(NAME, "weights.npz: 'pairs' names a query or model that does not exist");
    const rows = Int32Array.from({ length: memory.queries.rows }, (_, q) => q);
    return {
      centre: memory.centre,
      evidence: gatherEvidence(memory, rows, chosen.ridge),
      heirs: sharesTaken(weights.inheritance),
      search: isApproximate(chosen, own)
        ? approximateNeighbours(openLists(NAME, memory.queries, weights))
        : await exactNeighbours(memory.queries),
    };
  },
  score({ models, state: { k, temperature }, prepared: { centre, evidence, heirs, search } }, { vectors }, ctx) {
    const scores = createMatrix(vectors.rows, models.length);
    const found: Neighbours[] = [];
    search(centred(vectors, centre), k, (neighbours) => {
      throwIfAborted(ctx);
      const { add, scores: tallied } = evidence.tally();
      const top = highestOf(neighbours);
      neighbours.rows.forEach((row, i) => add(row, Math.exp((neighbours.similarities[i]! - top) / temperature)));
      inherit(heirs, tallied(TOLERANCE), rowOf(scores, found.length));
      found.push(neighbours);
    });
    return { scores, found };
  },
  explain({ options: chosen, state: { known, newModels, ...own } }, { query, model, score, found }) {
    const { similarities } = found[query]!;
    const near = `${isApproximate(chosen, own) ? `${similarities.length} of the most similar training queries, found approximately` : `the ${similarities.length} most similar training queries`} (cosine similarity ${highestOf(found[query]!).toFixed(2)} to ${similarities.reduce((a, b) => Math.min(a, b)).toFixed(2)}, after the mean query is subtracted)`;
    const what = known === 'outcomes' ? 'mean outcome' : 'Bradley–Terry strength';
    return [
      { kind: 'neighbours', text: `${what} ${score.toFixed(3)} among ${near}` },
      ...inheritedReasons(model, newModels),
    ];
  },
  /** Who joins has no outcomes among the training queries, so its scores are those of models with like profiles. */
  join({ models: own, state: { known, newModels }, weights }, { models, added, profiles }) {
    const width = models.length;
    const seen = [...knownModels(memoryOf(known, own.length, weights)), ...added.map(() => false)];
    const shares = createMatrix(width, width, inheritance(unitProfiles(models, profiles), seen));
    shares.data.set(widened(weights.inheritance, width).data);
    const { advantages, measured } = weights;
    return {
      state: { newModels: [...newModels, ...added] },
      weights: {
        ...(known === 'outcomes' && { advantages: widened(advantages, width), measured: widened(measured, width) }),
        inheritance: shares,
      },
    };
  },
});

/** Files of earlier versions do not say how they search, and do so exactly. */
const isApproximate = (
  chosen: Pick<KnnOptions, 'search'>,
  { search = chosen.search }: { search?: KnnOptions['search'] },
) => search === 'approximate';

/** A table with columns of zeros for models that join. */
function widened({ rows, cols, data }: Matrix, width: number): Matrix {
  const out = createMatrix(rows, width);
  for (let r = 0; r < rows; r++) out.data.set(data.subarray(r * cols, (r + 1) * cols), r * width);
  return out;
}

const unitProfiles = (models: readonly string[], profiles: ProfileSet): Matrix =>
  normalizeRows(profileVectors(NAME, { models, profiles }));

const highestOf = ({ similarities }: Neighbours): number => similarities.reduce((a, b) => Math.max(a, b), -Infinity);

/** The shares above 0 that each model takes over: those of model m are entries starts[m] to starts[m + 1]. */
interface SharesTaken {
  starts: Int32Array;
  from: Int32Array;
  share: Float32Array;
}

/** Most models take over their own score alone, so that of models² shares few are above 0. @param shares [models × models] */
function sharesTaken({ rows, cols, data }: Matrix): SharesTaken {
  const starts = new Int32Array(rows + 1);
  for (let m = 0, k = 0; m < rows; m++) {
    let count = 0;
    for (let j = 0; j < cols; j++, k++) if (data[k] !== 0) count++;
    starts[m + 1] = starts[m]! + count;
  }
  const [from, share] = [new Int32Array(starts[rows]!), new Float32Array(starts[rows]!)];
  for (let k = 0, at = 0; k < data.length; k++)
    if (data[k] !== 0) {
      from[at] = k % cols;
      share[at++] = data[k]!;
    }
  return { starts, from, share };
}

function inherit({ starts, from, share }: SharesTaken, own: Float64Array, out: Float32Array): void {
  for (let m = 0; m < out.length; m++) {
    let sum = 0;
    for (let k = starts[m]!; k < starts[m + 1]!; k++) sum += share[k]! * own[from[k]!]!;
    out[m] = sum;
  }
}
