import {
  createMatrix,
  createRandom,
  defineScoringRouter,
  joinedRows,
  normalizeRows,
  profileVectors,
  z,
  type ArrayShape,
  type Matrix,
} from '@routeprofile/schema';
import { rowProducts } from '@routeprofile/numerics';
import { createRuntime, createTowerEvaluator } from '@routeprofile/tensor';
import {
  coTrainedArrays,
  coTrainedShapes,
  coTrainState,
  joinedProfiles,
  LEARNED,
  savedProfiles,
} from '../co-training/saved.js';
import { profileSource } from '../co-training/source.js';
import { splitByPair, splitByQuery, trainingPairs } from '../common/pairs.js';
import { learnedReason } from '../common/reasons.js';
import { mlpOptions, type MlpOptions } from './options.js';
import { trainTowers } from './train.js';

const NAME = 'mlp';

// Not within the router: a call there would keep it in bundles of programs that do not name it.
const state = z.looseObject({
  bestEpoch: z.number().int().min(1),
  pairs: z.number().int().min(1),
  validationLoss: z.number().nullable(),
  coTrain: coTrainState.optional(),
});

/**
 * Two towers, one for queries and one for profiles (each: linear maps with LayerNorm, ELU and dropout between, rows of
 * length one at the end). The score of a model is the cosine of the two; they are trained on pairs of a better and a
 * worse model with the hinge max(0, margin - s(better) + s(worse)). A model without training outcomes is scored by its
 * profile like any other. (RouteProfile, arXiv 2605.00180, MLPRouter; `compat` tells what was repaired.)
 */
export const mlpRouter = /* @__PURE__ */ defineScoringRouter({
  name: NAME,
  summary: 'two small networks, for query and model, trained on which model was better',
  options: mlpOptions,
  needs: ['vectors', 'training'],
  readsOrder: true,
  state,
  arrays: (sizes) => ({
    ...towerArrays('query', sizes.dimensions, sizes.options),
    ...towerArrays('model', undefined, sizes.options),
    ...coTrainedArrays(sizes, 'model.0.weight'),
  }),
  shapes: (sizes) => ({ ...coTrainedShapes(sizes, 'model.0.weight'), profiles: [sizes.models, 'model.0.weight'] }),
  async learn(input, options, ctx) {
    const { training, vectors } = input;
    const profiles = scaled(profileVectors(NAME, input), options);
    const pairs = trainingPairs(NAME, input, options.pairsPerQuery, ctx);
    const split = options.compat ? splitByPair : splitByQuery;
    const parts = split(pairs, options.valSplit, createRandom(ctx.seed, NAME, 'split'));
    const source = profileSource(NAME, input, profiles, options);
    const runtime = await createRuntime();
    const data = { queries: scaled(vectors, options), profiles, source };
    const trained = await trainTowers(runtime, data, parts, options, ctx);
    const best = trained.epochs[trained.bestEpoch - 1];
    const learned = source && savedProfiles(source, trained.weights);
    return {
      encoder: training.queries.encoder ?? input.profiles.provenance.encoder,
      state: {
        bestEpoch: trained.bestEpoch,
        epochs: trained.epochs.length,
        pairs: pairs.length,
        trainingLoss: best?.train ?? null,
        validationLoss: best?.validation ?? null,
        backend: runtime.backend,
        ...learned?.state,
      },
      arrays: { ...trained.weights, ...learned?.arrays },
      weights: learned?.weights ?? { profiles, [LEARNED]: createMatrix(0, 0) },
    };
  },
  /** Routing needs no TensorFlow.js: the towers run on the kernels alone, the models' side once. */
  async prepare({ options, weights, arrays }) {
    const profiles = options.coTrain === 'none' ? weights.profiles : weights[LEARNED];
    const embedded = (await createTowerEvaluator(arrays, 'model'))(profiles);
    return { embedQueries: await createTowerEvaluator(arrays, 'query'), embedded };
  },
  score: ({ options, prepared: { embedQueries, embedded } }, { vectors }) =>
    rowProducts(embedQueries(scaled(vectors, options)), embedded),
  explain: ({ models }, { scores, winner }) => [learnedReason(models, scores, winner)],
  /** The tower of the models takes any profile of the kind it was trained on; co-trained ones are made by the same function. */
  join(learned, { models, added, profiles }) {
    const given = scaled(profileVectors(NAME, { models, profiles }), learned.options);
    const rows = joinedRows(NAME, { models, added }, learned.weights.profiles, given);
    return { weights: joinedProfiles(NAME, learned, profiles, added, rows) };
  },
});

const scaled = (vectors: Matrix, { compat }: MlpOptions): Matrix => (compat ? vectors : normalizeRows(vectors));

/** A tower as `towerWeights` of the tensor package makes it. */
function towerArrays(
  name: string,
  input: number | undefined,
  { layers, hidden, output }: MlpOptions,
): Record<string, ArrayShape> {
  const shapes: Record<string, ArrayShape> = {};
  for (let l = 0; l < layers; l++) {
    const width = l === layers - 1 ? output : hidden;
    shapes[`${name}.${l}.weight`] = [l === 0 ? input : hidden, width];
    for (const part of l === layers - 1 ? ['bias'] : ['bias', 'gamma', 'beta'])
      shapes[`${name}.${l}.${part}`] = [width];
  }
  return shapes;
}
