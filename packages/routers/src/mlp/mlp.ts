import {
  assertMadeBy,
  assertModels,
  createRandom,
  defineRouter,
  joinedManifest,
  joinedRows,
  joiningModels,
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
import { rowProducts } from '@routeprofile/numerics';
import { createRuntime, openTower } from '@routeprofile/tensor';
import { checkCoTrained, joinedWeights, profilesInUse, savedProfiles } from '../co-training/saved.js';
import { profileSource } from '../co-training/source.js';
import { splitByPair, splitByQuery, trainingPairs } from '../common/pairs.js';
import { learnedReason } from '../common/reasons.js';
import { scoringRouter } from '../common/scoring-router.js';
import { mlpOptions, type MlpOptions } from './options.js';
import { trainTowers } from './train.js';

const NAME = 'mlp';

const stateSchema = z.looseObject({
  bestEpoch: z.number().int().min(1),
  pairs: z.number().int().min(1),
  validationLoss: z.number().nullable(),
});

/**
 * Two towers, one for queries and one for profiles (each: linear maps with LayerNorm, ELU and dropout between, rows of
 * length one at the end). The score of a model is the cosine of the two; they are trained on pairs of a better and a
 * worse model with the hinge max(0, margin - s(better) + s(worse)). A model without training outcomes is scored by its
 * profile like any other. (RouteProfile, arXiv 2605.00180, MLPRouter; `compat` tells what was repaired.)
 */
export const mlpRouter = /* @__PURE__ */ defineRouter<MlpOptions>({
  name: NAME,
  summary: 'two small networks, for query and model, trained on which model was better',
  options: mlpOptions,
  needs: ['vectors', 'training'],
  async fit(input, options, ctx) {
    throwIfAborted(ctx);
    assertModels(NAME, input.models);
    const profiles = scaled(profileVectors(NAME, input), options);
    const { queries } = input.training;
    const encoder = queries.encoder ?? input.profiles.provenance.encoder;
    const pairs = trainingPairs(NAME, input, options.pairsPerQuery, ctx);
    const dimensions = queries.vectors?.cols ?? profiles.cols;
    const vectors = scaled(queryVectors(NAME, queries, { what: 'training queries', encoder, dimensions }), options);
    const split = options.compat ? splitByPair : splitByQuery;
    const parts = split(pairs, options.valSplit, createRandom(ctx.seed, NAME, 'split'));
    const source = profileSource(NAME, input, profiles, options);
    const runtime = await createRuntime();
    const trained = await trainTowers(runtime, { queries: vectors, profiles, source }, parts, options, ctx);
    const best = trained.epochs[trained.bestEpoch - 1];
    const learned = source && savedProfiles(source, trained.weights);
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
          pairs: pairs.length,
          trainingLoss: best?.train ?? null,
          validationLoss: best?.validation ?? null,
          backend: runtime.backend,
          ...learned?.state,
        },
      },
      weights: { ...trained.weights, profiles: namedArray(profiles), ...learned?.weights },
    });
  },
  async load(artifact) {
    assertMadeBy(NAME, artifact);
    return create(artifact);
  },
  /** The tower of the models takes any profile of the kind it was trained on; co-trained ones are made by the same function. */
  async extend(artifact, { profiles, cards }, ctx) {
    throwIfAborted(ctx);
    assertMadeBy(NAME, artifact);
    // All that loading checks, so that nobody joins a damaged router.
    await create(artifact);
    const options = parsePart(NAME, 'options', mlpOptions, artifact.manifest.options);
    const joining = joiningModels(artifact, { profiles, cards });
    const own = weightMatrix(artifact, 'profiles', artifact.manifest.models.length, undefined);
    const given = scaled(profileVectors(NAME, { models: joining.models, profiles }), options);
    const weights = joinedWeights(artifact, profiles, joining.added, joinedRows(NAME, joining, own, given));
    return create({ manifest: joinedManifest(artifact, joining), weights });
  },
});

const scaled = (vectors: Matrix, { compat }: MlpOptions): Matrix => (compat ? vectors : normalizeRows(vectors));

/** @throws RouteProfileError CORRUPT_FILE unless the tower reads vectors of this width and is as the options say. */
function checkTower(
  artifact: RouterArtifact,
  name: string,
  input: number,
  { layers, hidden, output }: MlpOptions,
): void {
  for (let l = 0; l < layers; l++)
    weightMatrix(artifact, `${name}.${l}.weight`, l === 0 ? input : hidden, l === layers - 1 ? output : hidden);
}

/** Routing needs no TensorFlow.js: the towers run on the kernels alone, the models' side once. */
async function create(artifact: RouterArtifact): Promise<ScoringRouter> {
  const { manifest, weights } = artifact;
  const { models, encoder } = manifest;
  const options = parsePart(NAME, 'options', mlpOptions, manifest.options);
  parsePart(NAME, 'state', stateSchema, manifest.state);
  checkCoTrained(artifact);
  const profiles = profilesInUse(artifact);
  for (const [name, { data }] of Object.entries(weights)) {
    const row = { shape: [1, data.length], data };
    weightMatrix({ manifest, weights: { [name]: row } }, name, 1, undefined);
  }
  const dimensions = weightMatrix(artifact, 'query.0.weight', manifest.dimensions ?? undefined, undefined).rows;
  checkTower(artifact, 'query', dimensions, options);
  checkTower(artifact, 'model', profiles.cols, options);
  const embedQueries = await openTower(weights, 'query');
  const embedded = (await openTower(weights, 'model'))(profiles);
  return scoringRouter({
    name: NAME,
    models,
    evaluate(queries) {
      const vectors = queryVectors(NAME, queries, { what: 'training queries', encoder, dimensions });
      const scores = rowProducts(embedQueries(scaled(vectors, options)), embedded);
      return { scores, explain: (query, winner) => [learnedReason(models, rowOf(scores, query), winner)] };
    },
    save: () => ({ manifest: structuredClone(manifest), weights }),
  });
}
