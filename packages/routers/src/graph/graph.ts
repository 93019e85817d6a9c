import {
  createMatrix,
  createRandom,
  defineScoringRouter,
  normalizeRows,
  profileVectors,
  z,
  type ArrayShape,
  type Matrix,
  type RouterStrategy,
  type WeightShape,
} from '@routeprofile/schema';
import { createRuntime } from '@routeprofile/tensor';
import { learnedSize } from '../co-training/learned-profile.js';
import { coTrainedArrays, coTrainedShapes, coTrainState, savedProfiles } from '../co-training/saved.js';
import { profileSource } from '../co-training/source.js';
import { heldOut } from '../common/pairs.js';
import { meanPairwiseCosine } from '../common/pairwise-cosine.js';
import { learnedReason } from '../common/reasons.js';
import { createGraphEvaluator } from './evaluate.js';
import { labelsOf } from './labels.js';
import { assertFits } from './memory.js';
import { completeGraphOptions, graphOptions, type CompleteGraphOptions, type GraphOptions } from './options.js';
import { trainGraph } from './train.js';

const NAME = 'graph';

/** Mean cosine of the models' final rows above which a warning is due. */
const ALIKE = 0.999;

const state = z.looseObject({
  bestEpoch: z.number().int().min(1),
  labelledQueries: z.number().int().min(1),
  stepsPerEpoch: z.number().int().min(1),
  modelCosine: z.number(),
  /** Length of a profile; absent in files of earlier versions. */
  profileWidth: z.number().int().min(1).optional(),
  coTrain: coTrainState.optional(),
});

/** Rows of length √columns: one unit of variance a dimension, on which the initial weights count. */
function unitVariance(vectors: Matrix): Matrix {
  const { rows, cols, data } = normalizeRows(vectors);
  return createMatrix(
    rows,
    cols,
    data.map((x) => x * Math.sqrt(cols)),
  );
}

const scaledQueries = (vectors: Matrix, { normalize }: CompleteGraphOptions): Matrix =>
  normalize ? unitVariance(vectors) : normalizeRows(vectors);

/** What all profiles share tells no model from another: it is taken out before they are scaled. */
function scaledProfiles(profiles: Matrix, { normalize }: CompleteGraphOptions): Matrix {
  if (!normalize) return profiles;
  const { rows, cols, data } = profiles;
  const mean = new Float64Array(cols);
  data.forEach((x, k) => (mean[k % cols]! += x / rows));
  return unitVariance(
    createMatrix(
      rows,
      cols,
      data.map((x, k) => x - mean[k % cols]!),
    ),
  );
}

/**
 * Attention between queries and models, both ways, on the complete bipartite graph, and a predictor on every pair of
 * the two. In a training step the models attend to the queries of the batch, a sample of those they attend to in the
 * end; once trained, their rows are computed from all training queries and kept. A query attends to the models and
 * itself, so it is answered alone, and never seen before, with the same scores as in any batch. A model without
 * training outcomes takes part through its profile. (RouteProfile, arXiv 2605.00180, GraphRouter; the options tell what
 * was repaired.)
 */
export const graphRouter: RouterStrategy<GraphOptions> = /* @__PURE__ */ defineScoringRouter({
  name: NAME,
  summary: 'a graph network with attention between queries and models, trained on outcomes or pairs',
  options: graphOptions,
  needs: ['vectors', 'training'],
  state,
  arrays(sizes) {
    const { hidden, layers, heads } = sizes.options;
    return {
      'query.weight': [sizes.dimensions, hidden],
      'query.bias': [hidden],
      // Files of earlier versions do not say how long a profile is.
      'model.weight': [sizes.state.profileWidth, hidden],
      'model.bias': [hidden],
      'edge.first': [hidden, hidden],
      'edge.second': [hidden, hidden],
      'edge.bias': [hidden],
      'edge.out': [1, hidden],
      'edge.outBias': [1],
      ...Object.fromEntries(
        Array.from({ length: layers }, (_, l): [string, ArrayShape][] => [
          [`attention.${l}.weight`, [heads * hidden, hidden]],
          [`attention.${l}.attention`, [heads, 2, hidden]],
          [`attention.${l}.bias`, [hidden]],
        ]).flat(),
      ),
      ...coTrainedArrays(sizes, 'model.weight'),
    };
  },
  shapes: (sizes): Record<string, WeightShape> => ({
    ...Object.fromEntries(rowNames(sizes.options).map((name) => [name, [sizes.models, sizes.options.hidden] as const])),
    ...coTrainedShapes(sizes, 'model.weight'),
  }),
  async learn(input, given, ctx) {
    const options = completeGraphOptions(given);
    const { vectors: raw, training } = input;
    const { queries } = training;
    const profiles = scaledProfiles(profileVectors(NAME, input), options);
    const labels = labelsOf(input, options.labels, ctx);
    const order = createRandom(ctx.seed, NAME, 'split').shuffle([...labels.queries.keys()]);
    const held = heldOut(order.length, options.valSplit);
    const [validation, train] = [order.slice(0, held), order.slice(held)];
    const all = options.context === 'all';
    const context = all ? [...queries.texts.keys()] : train.map((row) => labels.queries[row]!);
    const source = profileSource(NAME, input, profiles, options);
    assertFits(options, {
      queries: raw.rows,
      stepQueries: all ? raw.rows : Math.min(options.batch, train.length),
      models: input.models.length,
      queryWidth: raw.cols,
      profileWidth: profiles.cols,
      learned: source ? learnedSize(source, options.coTrainRank) : 0,
    });
    const runtime = await createRuntime();
    const vectors = scaledQueries(raw, options);
    const data = { queries: vectors, profiles, source, labels, train, validation, context };
    const trained = await trainGraph(runtime, data, options, ctx);
    const best = trained.epochs[trained.bestEpoch - 1];
    const modelCosine = meanPairwiseCosine(trained.context.at(-1)!);
    if (modelCosine > ALIKE)
      ctx.logger?.warn(
        `graph: the mean cosine between models is ${modelCosine.toFixed(4)}: the router can hardly tell them apart`,
      );
    const learned = source && savedProfiles(source, trained.weights);
    return {
      options,
      encoder: queries.encoder ?? input.profiles.provenance.encoder,
      state: {
        bestEpoch: trained.bestEpoch,
        epochs: trained.epochs.length,
        labels: labels.kind,
        labelledQueries: labels.queries.length,
        stepsPerEpoch: Math.ceil(train.length / options.batch),
        modelCosine,
        profileWidth: profiles.cols,
        trainingLoss: best?.train ?? null,
        validation: best?.validation ?? null,
        backend: runtime.backend,
        ...learned?.state,
      },
      arrays: { ...trained.weights, ...learned?.arrays },
      weights: {
        ...Object.fromEntries(rowNames(options).map((name, l) => [name, trained.context[l]!])),
        ...learned?.weights,
      },
    };
  },
  /** Routing needs no TensorFlow.js: a query runs through the kernels alone, against the models' stored rows. */
  async prepare({ options, arrays, weights }) {
    const complete = completeGraphOptions(options);
    const scores = (await createGraphEvaluator(arrays, complete)).scorer(
      rowNames(options).map((name) => weights[name]!),
    );
    return (vectors: Matrix) => scores(scaledQueries(vectors, complete));
  },
  score: ({ prepared }, { vectors }) => prepared(vectors),
  explain: ({ models }, { scores, winner }) => [learnedReason(models, scores, winner)],
});

/** The models' rows going into each layer and coming out of the last, as files name them. */
const rowNames = ({ layers }: GraphOptions) => Array.from({ length: layers + 1 }, (_, l) => `models.${l}`);
