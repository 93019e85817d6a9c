import {
  createMatrix,
  defineProfile,
  normalizeRows,
  plural,
  RouteProfileError,
  rowOf,
  takeRows,
  throwIfAborted,
  type Matrix,
  type NamedArray,
  type ProfileInput,
  type ProfileSet,
  z,
} from '@routeprofile/schema';
import {
  dimensionsOf,
  fitResponseModel,
  mapQueries,
  packResponseModel,
  placeByCard,
  unpackResponseModel,
  type LearnedResponses,
  type ItemResponseChoice,
} from '@routeprofile/numerics';
import { extendProfileSet } from '../common/extend.js';
import { modelPositions } from '../common/models.js';
import { finishProfileSet } from '../common/profile-set.js';
import { responseInput } from './response-input.js';
import { byLikeTexts } from './like-texts.js';

const auto = z.literal('auto');

const irtOptions = z.strictObject({
  /** Abilities a model has; `auto`, here as below: chosen by cross-validation over training queries. */
  dimensions: z.union([z.number().int().min(1).max(64), auto]).default('auto'),
  /** Principal components of the query vectors that discrimination and difficulty depend on. */
  width: z.union([z.number().int().min(1).max(512), auto]).default('auto'),
  /** Precision of the prior on what discrimination depends on of the query. */
  ridge: z.union([z.number().gt(0), auto]).default('auto'),
});
/** Options of `irtProfile`, parsed. All default to `auto`. */
export type IrtOptions = z.output<typeof irtOptions>;

/** What is not to be chosen. A rank that is asked for is never replaced by one constant order. */
const fixedChoice = ({ dimensions, width, ridge }: IrtOptions): Partial<ItemResponseChoice> => ({
  ...(dimensions !== 'auto' && { dimensions, constant: false }),
  ...(width !== 'auto' && { width }),
  ...(ridge !== 'auto' && { ridge }),
});

const NAME = 'irt';
/** Discrimination and difficulty of the mean query that was learned from, in the set's state. */
const CENTRE = 'centre';

/**
 * Abilities of multidimensional item response as profiles (after RADAR, arXiv 2509.25426): P(model m right on query q) =
 * σ(a(q)·θ_m − b(q)) with a and b linear in the query's vector; the profile is θ_m, `vectors` [models × abilities], on
 * principal axes; `biases` are the log odds of being right on the
 * mean query (with pairs, the worth there), and `state` holds the query map, with which the router `irt` routes at once.
 *
 * Learned from outcomes of training queries, else from pairs, else from the cards' task scores, a task counting as one query.
 * A model without training rows is placed by its card scores: tasks are items whose difficulty is fitted to the scores of the
 * known models. Without such scores it gets the mean ability of the others, weighted by how like its text theirs are.
 */
export const irtProfile = defineProfile<IrtOptions>({
  name: NAME,
  summary: 'abilities of each model (item response theory), learned from training outcomes or pairs',
  options: irtOptions,
  needs: ['features', 'training'],
  designPoint: () => ({ form: 'flat', representation: 'scores', hops: 0, learning: 'trainable' }),

  async build(input, options, ctx) {
    throwIfAborted(ctx);
    const positions = modelPositions(NAME, input);
    const { learnFrom, order } = responseInput(NAME, input);
    const learned = fitResponseModel(learnFrom, fixedChoice(options), ctx);
    const vectors = vectorsOf(learned, order);
    const unknown = order.filter((_, i) => learned.sources[i] === null);
    if (unknown.length > 0) {
      const known = order.filter((_, i) => learned.sources[i] !== null);
      const rows = byLikeTexts(
        textsOf(input),
        { positions, rows: known, abilities: vectors },
        unknown.map((m) => positions[m]!),
      );
      unknown.forEach((m, i) => rowOf(vectors, m).set(rowOf(rows, i)));
    }
    const centre = centreOf(learned, learnFrom.vectors);
    const set = finishProfileSet(this, input, ctx, {
      vectors,
      options,
      uses: { encoder: true, graph: true },
      notes: notesOf(
        learned,
        unknown.map((m) => input.models[m]!),
      ),
    });
    const { provenance } = set;
    return {
      ...set,
      biases: biasesOf(vectors, centre),
      state: { ...packResponseModel(learned.model), [CENTRE]: centre },
      provenance: { ...provenance, diagnostics: { ...provenance.diagnostics, ...figuresOf(learned) } },
    };
  },

  async extend(set, input, options, ctx) {
    throwIfAborted(ctx);
    const extended = await extendProfileSet(this, set, input, options, ctx, async (missing) => {
      const model = unpackResponseModel(requiredState(set));
      const byName = new Map(input.cards.map((card) => [card.name, card]));
      const vectors = createMatrix(missing.models.length, dimensionsOf(model));
      const positions = modelPositions(NAME, { models: [...set.models, ...missing.models], graph: input.graph });
      missing.models.forEach((name, i) => {
        const placed = placeByCard(model.scale, byName.get(name), model.prior)?.ability;
        const known = { positions, rows: [...set.models.keys()], abilities: set.vectors };
        const own = placed ?? rowOf(byLikeTexts(textsOf(input), known, [positions[set.models.length + i]!]), 0);
        rowOf(vectors, i).set(own);
      });
      return { vectors };
    });
    if (extended === set) return set;
    const biases = biasesOf(extended.vectors, requiredCentre(set));
    biases.set(set.biases ?? []);
    return { ...extended, biases };
  },
});

function textsOf({ features }: ProfileInput): Matrix {
  if (features?.model) return normalizeRows(features.model);
  throw new RouteProfileError('BAD_INPUT', `${NAME}: the input has no features of model nodes`, {
    hint: 'Encode the graph first, with encodeNodes of @routeprofile/graph.',
  });
}

/** Rows in the order that was asked for. */
function vectorsOf({ abilities, model }: LearnedResponses, order: readonly number[]): Matrix {
  const D = dimensionsOf(model);
  const out = createMatrix(order.length, D);
  order.forEach((m, i) => rowOf(out, m).set(abilities.subarray(i * D, (i + 1) * D)));
  return out;
}

/** Shape [dimensions + 1]: the item that the mean query is. */
function centreOf({ model }: LearnedResponses, vectors: Matrix): NamedArray {
  const mean = takeRows(vectors, [0]);
  mean.data.forEach((_, d) => {
    let sum = 0;
    for (let q = 0; q < vectors.rows; q++) sum += vectors.data[q * vectors.cols + d]!;
    mean.data[d] = sum / vectors.rows;
  });
  const { discrimination, difficulty } = mapQueries(model.map, mean);
  const data = Float32Array.of(...discrimination, ...difficulty);
  return { shape: [data.length], data };
}

const biasesOf = (vectors: Matrix, { data }: NamedArray): Float32Array =>
  Float32Array.from({ length: vectors.rows }, (_, m) =>
    rowOf(vectors, m).reduce((sum, ability, d) => sum + ability * data[d]!, -data[vectors.cols]!),
  );

function figuresOf({ choice, tried }: LearnedResponses): Record<string, number> {
  const { width, dimensions, ridge, constant } = choice;
  const losses = tried.map(({ loss }) => loss).filter(Number.isFinite);
  return {
    width,
    dimensions,
    ridge,
    constantOrder: constant ? 1 : 0,
    ...(losses.length > 0 && { heldOutLoss: Math.min(...losses) }),
  };
}

function notesOf({ choice, sources }: LearnedResponses, unknown: readonly string[]): string[] {
  const byCard = sources.filter((source) => source === 'card').length;
  return [
    ...(choice.constant ? ['the queries do not tell the models apart: the models have one order for all queries'] : []),
    ...(byCard > 0 ? [`${plural(byCard, 'model')} without training rows, placed by card scores`] : []),
    ...(unknown.length > 0
      ? [`placed by models with similar texts, because nothing was measured about them: ${unknown.join(', ')}`]
      : []),
  ];
}

/** @throws RouteProfileError BAD_INPUT for a set without what its training learned */
function requiredState({ state }: ProfileSet): Record<string, NamedArray> {
  if (state && Object.keys(state).length > 0) return state;
  throw new RouteProfileError('BAD_INPUT', `${NAME}: the set to extend does not hold what its training learned`, {
    hint: 'Read the set from its .npz file, which holds it beside the vectors.',
  });
}

function requiredCentre(set: ProfileSet): NamedArray {
  const centre = requiredState(set)[CENTRE];
  if (centre?.data.length === set.vectors.cols + 1) return centre;
  throw new RouteProfileError('CORRUPT_FILE', `${NAME}: the set's state has no array '${CENTRE}' of its width`, {
    hint: 'Build the profiles again.',
  });
}
