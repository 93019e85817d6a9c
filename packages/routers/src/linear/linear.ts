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
import { rowDots } from '@routeprofile/numerics';
import { assertMadeBy, namedArray, parsePart, weightMatrix } from '../common/artifact.js';
import { joinedManifest, joiningModels } from '../common/extend.js';
import { inheritedReason, inheritedRows, rowsWithHeirs } from '../common/inherit.js';
import { queryVectors, trainingVectors } from '../common/input.js';
import { learnedReason } from '../common/reasons.js';
import { scoringRouter } from '../common/scoring-router.js';
import { requireLesson, seenModels } from '../common/seen-models.js';
import { learnFromOutcomes, learnFromPairs } from './learn.js';
import { assertTrainable } from '../common/trainable.js';

const NAME = 'linear';
const options = z.strictObject({
  /** Strength that draws slopes to 0, in units of squared length of unit query vectors; `auto`: by cross-validation. */
  ridge: z.union([z.number().gt(0), z.literal('auto')]).default('auto'),
});
/** Options of `linearRouter`, parsed. */
export type LinearOptions = z.infer<typeof options>;

const state = z.object({
  ridge: z.number(),
  learned: z.enum(['outcomes', 'pairs']),
  newModels: z.array(z.string()),
  crossValidation: z.array(z.object({ ridge: z.number(), value: z.number() })),
});

/**
 * A model's score is linear in the query's vector: score_m(x) = intercept_m + weights_m · x, x brought to length 1.
 * From outcomes by ridge regression of what a model does better than the others, from pairs alone by logistic regression of who
 * wins. Intercepts are hardly drawn to 0, so that under a strong ridge, which cross-validation may choose, the models stand in one
 * constant order: that of their mean outcomes or Bradley–Terry strengths.
 *
 * A model without training outcomes or pairs takes over the weights of the others, by likeness of profiles (see `inheritance`).
 * Vectors wider than 512 are learned from in the span of 512 training queries.
 *
 * Scores: [queries × models], expected lead in outcome over the other models; where pairs are all there is, strengths whose
 * differences are log odds of winning.
 * `fit` throws RouteProfileError NO_TRAINING_DATA without outcomes and pairs.
 */
export const linearRouter = defineRouter<LinearOptions>({
  name: NAME,
  summary: 'scores that are linear in the query vector: ridge regression on outcomes, or logistic regression on pairs',
  options,
  needs: ['vectors', 'training'],
  async fit(input, chosen, ctx) {
    throwIfAborted(ctx);
    const { models, training, profiles } = input;
    assertTrainable(NAME, input);
    const { encoder, dimensions, vectors: raw } = trainingVectors(NAME, training);
    const vectors = normalizeRows(raw);
    const learned = requireLesson(NAME, training);
    const given = chosen.ridge === 'auto' ? null : chosen.ridge;
    const learn = learned === 'outcomes' ? learnFromOutcomes : learnFromPairs;
    const found = learn(vectors, training, models.length, given, ctx);
    const known = seenModels(training, models.length);
    const own = withIntercept(found.weights, found.intercepts);
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
          ridge: found.ridge,
          learned,
          newModels: models.filter((_, m) => !known[m]),
          crossValidation: found.candidates,
        },
      },
      weights: { weights: namedArray(inheritedRows(NAME, own, models, known, profiles)) },
    });
  },
  async load(artifact) {
    assertMadeBy(NAME, artifact);
    return create(artifact);
  },
  /** Who joins has taught the router nothing: it takes over weights of the models with like profiles. */
  async extend(artifact, joiningSet, ctx) {
    throwIfAborted(ctx);
    assertMadeBy(NAME, artifact);
    const joining = joiningModels(artifact, joiningSet);
    const { newModels } = parsePart(NAME, 'state', state, artifact.manifest.state);
    const rows = rowsWithHeirs(NAME, weightsOf(artifact), newModels, joining, joiningSet.profiles);
    const manifest = joinedManifest(artifact, joining);
    return create({
      manifest: { ...manifest, state: { ...manifest.state, newModels: [...newModels, ...joining.added] } },
      weights: { weights: namedArray(rows) },
    });
  },
});

/** Shape [models × dimensions + 1]: the intercept stands last. */
function withIntercept(weights: Matrix, intercepts: Float64Array): Matrix {
  const out = createMatrix(weights.rows, weights.cols + 1);
  for (let m = 0; m < weights.rows; m++) {
    const row = rowOf(out, m);
    row.set(rowOf(weights, m));
    row[weights.cols] = intercepts[m]!;
  }
  return out;
}

const weightsOf = ({ manifest, weights }: RouterArtifact): Matrix =>
  weightMatrix({ manifest, weights }, 'weights', manifest.models.length, (manifest.dimensions ?? 0) + 1);

function create(artifact: RouterArtifact) {
  const { models, encoder } = artifact.manifest;
  const { newModels } = parsePart(NAME, 'state', state, artifact.manifest.state);
  const weights = weightsOf(artifact);
  const dimensions = weights.cols - 1;

  return scoringRouter({
    name: NAME,
    models,
    evaluate(queries) {
      const vectors = normalizeRows(queryVectors(NAME, queries, { what: 'training queries', encoder, dimensions }));
      const scores = createMatrix(vectors.rows, models.length);
      const extended = new Float32Array(weights.cols).fill(1);
      for (let q = 0; q < vectors.rows; q++) {
        extended.set(rowOf(vectors, q));
        rowDots(weights, extended, rowOf(scores, q));
      }
      return {
        scores,
        explain: (q, winner) => {
          const reason = learnedReason(models, rowOf(scores, q), winner);
          return newModels.includes(models[winner]!) ? [reason, inheritedReason(models[winner]!)] : [reason];
        },
      };
    },
    save: () => ({ manifest: structuredClone(artifact.manifest), weights: { weights: namedArray(weights) } }),
  });
}
