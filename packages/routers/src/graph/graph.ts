import {
  artifactArray,
  assertMadeBy,
  assertModels,
  createMatrix,
  createRandom,
  defineRouter,
  namedArray,
  normalizeRows,
  parsePart,
  profileVectors,
  queryVectors,
  rowOf,
  throwIfAborted,
  weightMatrix,
  z,
  type Matrix,
  type RouterArtifact,
  type ScoringRouter,
} from '@routeprofile/schema';
import { createRuntime } from '@routeprofile/tensor';
import { learnedSize } from '../co-training/learned-profile.js';
import { checkCoTrained, savedProfiles } from '../co-training/saved.js';
import { profileSource } from '../co-training/source.js';
import { heldOut } from '../common/pairs.js';
import { meanPairwiseCosine } from '../common/pairwise-cosine.js';
import { learnedReason } from '../common/reasons.js';
import { scoringRouter } from '../common/scoring-router.js';
import { openGraph } from './evaluate.js';
import { labelsOf } from './labels.js';
import { assertFits } from './memory.js';
import { completeGraphOptions, graphOptions, type CompleteGraphOptions, type GraphOptions } from './options.js';
import { trainGraph } from './train.js';

const NAME = 'graph';

/** Mean cosine of the models' final rows above which a warning is due. */
const ALIKE = 0.999;

const stateSchema = z.looseObject({
  bestEpoch: z.number().int().min(1),
  labelledQueries: z.number().int().min(1),
  stepsPerEpoch: z.number().int().min(1),
  modelCosine: z.number(),
  /** Length of a profile; absent in files of earlier versions. */
  profileWidth: z.number().int().min(1).optional(),
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
export const graphRouter = /* @__PURE__ */ defineRouter<GraphOptions>({
  name: NAME,
  summary: 'a graph network with attention between queries and models, trained on outcomes or pairs',
  options: graphOptions,
  needs: ['vectors', 'training'],
  async fit(input, given, ctx) {
    throwIfAborted(ctx);
    const options = completeGraphOptions(given);
    assertModels(NAME, input.models);
    const profiles = scaledProfiles(profileVectors(NAME, input), options);
    const { queries } = input.training;
    const encoder = queries.encoder ?? input.profiles.provenance.encoder;
    const labels = labelsOf(input, options.labels, ctx);
    const dimensions = queries.vectors?.cols ?? profiles.cols;
    const raw = queryVectors(NAME, queries, { what: 'training queries', encoder, dimensions });
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
    const rows = Object.fromEntries(trained.context.map((matrix, l) => [`models.${l}`, namedArray(matrix)]));
    return create({
      manifest: {
        version: 1,
        strategy: NAME,
        options: { ...options },
        models: [...input.models],
        encoder,
        dimensions,
        seed: ctx.seed,
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
      },
      weights: { ...trained.weights, ...rows, ...learned?.weights },
    });
  },
  async load(artifact) {
    assertMadeBy(NAME, artifact);
    return create(artifact);
  },
});

/** Every array of the artifact, checked against the shape that the options say. */
function checkWeights(
  artifact: RouterArtifact,
  { hidden, layers, heads }: CompleteGraphOptions,
  profileWidth: number | undefined,
) {
  const { manifest } = artifact;
  const check = (name: string, ...shape: (number | undefined)[]) => artifactArray(artifact, name, shape);
  const dimensions = weightMatrix(artifact, 'query.weight', manifest.dimensions ?? undefined, hidden).rows;
  check('model.weight', profileWidth, hidden);
  for (const name of ['query.bias', 'model.bias', 'edge.bias']) check(name, hidden);
  for (const name of ['edge.first', 'edge.second']) check(name, hidden, hidden);
  check('edge.out', 1, hidden);
  check('edge.outBias', 1);
  for (let l = 0; l < layers; l++) {
    check(`attention.${l}.weight`, heads * hidden, hidden);
    check(`attention.${l}.attention`, heads, 2, hidden);
    check(`attention.${l}.bias`, hidden);
  }
  const context = Array.from({ length: layers + 1 }, (_, l) =>
    weightMatrix(artifact, `models.${l}`, manifest.models.length, hidden),
  );
  return { dimensions, context };
}

/** Routing needs no TensorFlow.js: a query runs through the kernels alone, against the models' stored rows. */
async function create(artifact: RouterArtifact): Promise<ScoringRouter> {
  const { manifest, weights } = artifact;
  const { models, encoder } = manifest;
  const options = completeGraphOptions(parsePart(NAME, 'options', graphOptions, manifest.options));
  const { profileWidth } = parsePart(NAME, 'state', stateSchema, manifest.state);
  const { dimensions, context } = checkWeights(artifact, options, profileWidth);
  checkCoTrained(artifact);
  const score = (await openGraph(weights, options)).scorer(context);
  return scoringRouter({
    name: NAME,
    models,
    evaluate(queries) {
      const vectors = queryVectors(NAME, queries, { what: 'training queries', encoder, dimensions });
      const scores = score(scaledQueries(vectors, options));
      return { scores, explain: (query, winner) => [learnedReason(models, rowOf(scores, query), winner)] };
    },
    save: () => ({ manifest: structuredClone(manifest), weights }),
  });
}
