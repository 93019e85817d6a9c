import {
  createMatrix,
  defineRouter,
  normalizeRows,
  rowOf,
  throwIfAborted,
  z,
  type Matrix,
  type RouterArtifact,
} from '@routeprofile/schema';
import { transpose } from '@routeprofile/numerics';
import { assertMadeBy, namedArray, parsePart, weightMatrix } from '../common/artifact.js';
import { joinedManifest, joiningModels } from '../common/extend.js';
import { inheritedReason, inheritedRows, rowsWithHeirs } from '../common/inherit.js';
import { queryVectors, trainingVectors } from '../common/input.js';
import { scoringRouter } from '../common/scoring-router.js';
import { requireLesson, seenModels } from '../common/seen-models.js';
import { clusterQueries } from './choose.js';
import { mixture, type Membership } from './mixture.js';
import { assertTrainable } from '../common/trainable.js';

const NAME = 'cluster';
const options = z.strictObject({
  /** Number of clusters; `auto`: by cross-validation, among 1, 2, 4 … 64. */
  clusters: z.union([z.number().int().min(1), z.literal('auto')]).default('auto'),
  /** Rows of outcomes, or precision of Bradley–Terry strengths, that draw a cluster to all; `auto`: by cross-validation. */
  shrinkage: z.union([z.number().gt(0), z.literal('auto')]).default('auto'),
  /**
   * Above 0 a query belongs to several clusters, by a softmax over cosines; 0: to the nearest alone; `auto`: by
   * cross-validation, among 0, 0.03 and 0.1.
   */
  temperature: z.union([z.number().min(0), z.literal('auto')]).default('auto'),
});
/** Options of `clusterRouter`, parsed. All default to `auto`. */
export type ClusterOptions = z.infer<typeof options>;

const state = z.object({
  clusters: z.number().int().min(1),
  shrinkage: z.number(),
  temperature: z.number().min(0),
  learned: z.enum(['outcomes', 'pairs']),
  newModels: z.array(z.string()),
  crossValidation: z.array(
    z.object({ clusters: z.number(), shrinkage: z.number(), temperature: z.number(), value: z.number() }),
  ),
});

/**
 * Training queries are put in clusters by spherical k-means, and the models are ranked in each: by what they do better than the
 * others on its queries, or by Bradley–Terry strengths on its pairs, drawn to the ranking over all clusters. A query is answered by the
 * ranking of the nearest cluster, or of several mixed. (Avengers, arXiv 2505.19797, without its votes.) With one cluster, which cross-validation may
 * choose, the models stand in one constant order.
 *
 * Scores: [queries × models], lead in outcome over the other models, or strength on the logit scale where pairs are all there is.
 *
 * A model without training outcomes or pairs takes over the scores of the others, by likeness of profiles (see `inheritance`).
 */
export const clusterRouter = defineRouter<ClusterOptions>({
  name: NAME,
  summary: 'k-means clusters of the training queries, with one ranking of the models per cluster',
  options,
  needs: ['vectors', 'training'],
  async fit(input, chosen, ctx) {
    throwIfAborted(ctx);
    const { models, training, profiles } = input;
    assertTrainable(NAME, input);
    const { encoder, dimensions, vectors: raw } = trainingVectors(NAME, training);
    const vectors = normalizeRows(raw);
    const learned = requireLesson(NAME, training);
    const fixed = (value: number | 'auto') => (value === 'auto' ? null : value);
    const given = {
      clusters: fixed(chosen.clusters),
      shrinkage: fixed(chosen.shrinkage),
      temperature: fixed(chosen.temperature),
    };
    const found = clusterQueries(vectors, training, models.length, learned, given, ctx);
    const known = seenModels(training, models.length);
    return create({
      manifest: {
        version: 1,
        strategy: NAME,
        options: { ...chosen },
        models: [...models],
        encoder,
        dimensions,
        seed: ctx.seed,
        state: {
          ...found.chosen,
          learned,
          newModels: models.filter((_, m) => !known[m]),
          crossValidation: found.candidates,
        },
      },
      weights: {
        centres: namedArray(found.centres),
        scores: namedArray(inheritedRows(NAME, transpose(found.table), models, known, profiles)),
      },
    });
  },
  async load(artifact) {
    assertMadeBy(NAME, artifact);
    return create(artifact);
  },
  /** Who joins has taught the router nothing: its scores are those of the models with like profiles. */
  async extend(artifact, joiningSet, ctx) {
    throwIfAborted(ctx);
    assertMadeBy(NAME, artifact);
    const joining = joiningModels(artifact, joiningSet);
    const { newModels } = parsePart(NAME, 'state', state, artifact.manifest.state);
    const rows = rowsWithHeirs(NAME, partsOf(artifact).scores, newModels, joining, joiningSet.profiles);
    const manifest = joinedManifest(artifact, joining);
    return create({
      manifest: { ...manifest, state: { ...manifest.state, newModels: [...newModels, ...joining.added] } },
      weights: { ...artifact.weights, scores: namedArray(rows) },
    });
  },
});

/** `scores` is [models × clusters], so that models that join stand below. */
function partsOf(artifact: RouterArtifact): { centres: Matrix; scores: Matrix } {
  const { models, dimensions } = artifact.manifest;
  const { clusters } = parsePart(NAME, 'state', state, artifact.manifest.state);
  return {
    centres: weightMatrix(artifact, 'centres', clusters, dimensions ?? undefined),
    scores: weightMatrix(artifact, 'scores', models.length, clusters),
  };
}

function create(artifact: RouterArtifact) {
  const { models, encoder } = artifact.manifest;
  const { learned, newModels, temperature } = parsePart(NAME, 'state', state, artifact.manifest.state);
  const { centres, scores: kept } = partsOf(artifact);
  const table = transpose(kept);
  const mix = mixture(centres, temperature);
  const space = { what: 'training queries', encoder, dimensions: centres.cols };
  const what = learned === 'outcomes' ? 'mean lead over the others' : 'Bradley–Terry strength';

  return scoringRouter({
    name: NAME,
    models,
    evaluate(queries, ctx) {
      const vectors = normalizeRows(queryVectors(NAME, queries, space));
      const scores = createMatrix(vectors.rows, models.length);
      const found = Array.from({ length: vectors.rows }, (_, q): Membership => {
        throwIfAborted(ctx);
        const membership = mix(rowOf(vectors, q));
        rowOf(scores, q).set(membership.scores(table));
        return membership;
      });
      return {
        scores,
        explain: (q, winner) => {
          const { nearest, cosine } = found[q]!;
          const where = `cluster ${nearest + 1} of ${centres.rows} (cosine ${cosine.toFixed(2)})`;
          const text = `${what} ${rowOf(scores, q)[winner]!.toFixed(3)} in ${where}`;
          const reason = { kind: 'cluster', text };
          return newModels.includes(models[winner]!) ? [reason, inheritedReason(models[winner]!)] : [reason];
        },
      };
    },
    save: () => ({
      manifest: structuredClone(artifact.manifest),
      weights: { centres: namedArray(centres), scores: namedArray(kept) },
    }),
  });
}
