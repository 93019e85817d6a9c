import { solveLower } from '@routeprofile/numerics';
import {
  assertFinite,
  createMatrix,
  decisionsFromScores,
  defineRouter,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  type Matrix,
  type NamedArray,
  type QueryBatch,
  type RouterArtifact,
  type RunContext,
  type ScoringRouter,
} from '@routeprofile/schema';
import { fitArms } from './arms.js';
import { NAME, options, readArtifact, type LinUcbOptions } from './artifact.js';
import { contextsOf } from './contexts.js';
import { inheritTheta } from './new-arms.js';
import { rewardsOf } from './rewards.js';

export type { LinUcbOptions } from './artifact.js';

/**
 * Disjoint LinUCB (Li, Chu, Langford and Schapire 2010, arXiv 1003.0146) with a query as the context and a model as an arm:
 * score = mean + θᵀx + α √(xᵀA⁻¹x). Fitted once, offline; the README says what that takes away from the bandit.
 */
export default defineRouter<LinUcbOptions>({
  name: NAME,
  summary: 'disjoint LinUCB on query vectors, fitted offline: ridge a model, and how sure it is',
  options,
  needs: ['vectors', 'training'],

  async fit({ models, profiles, training }, chosen, ctx) {
    throwIfAborted(ctx);
    const rewards = rewardsOf(training, models.length);
    const contexts = contextsOf(training.queries);
    const { theta, factors, factorOf, pulls } = fitArms(contexts, rewards, models.length, chosen.ridge, ctx);
    inheritTheta(
      theta,
      models,
      pulls.map((count) => count > 0),
      profiles,
    );
    return create({
      manifest: {
        version: 1,
        strategy: NAME,
        options: { ...chosen },
        models: [...models],
        encoder: training.queries.encoder ?? null,
        dimensions: contexts.cols - 1,
        seed: ctx.seed,
        state: { mean: rewards.mean, learned: rewards.source, factorOf, pulls },
      },
      weights: { theta: named(theta), factors: named(factors) },
    });
  },

  async load(artifact) {
    return create(artifact);
  },

  /** A model that joins is an arm that never was pulled: it inherits θ, and its width is the widest there is. */
  async extend(artifact, { profiles }, ctx) {
    throwIfAborted(ctx);
    const saved = readArtifact(artifact);
    const own = artifact.manifest.models;
    const added = profiles.models.filter((model) => !own.includes(model));
    if (added.length === 0)
      throw new RouteProfileError('BAD_INPUT', 'linucb: the router knows every model of the profile set', {
        hint: 'Add a model to the profiles first.',
      });
    const models = [...own, ...added];
    const theta = createMatrix(models.length, saved.theta.cols);
    theta.data.set(saved.theta.data);
    inheritTheta(
      theta,
      models,
      models.map((_, m) => (saved.pulls[m] ?? 0) > 0),
      profiles,
    );
    // Models that were new before keep what they inherited then.
    theta.data.set(saved.theta.data);
    const { mean, learned, factorOf, pulls, ridge, factors } = saved;
    const unseen = factors.rows / factors.cols;
    return create({
      manifest: {
        ...artifact.manifest,
        models,
        state: {
          mean,
          learned,
          factorOf: [...factorOf, ...added.map(() => unseen)],
          pulls: [...pulls, ...added.map(() => 0)],
        },
      },
      weights: { theta: named(theta), factors: named(withPrior(factors, ridge)) },
    });
  },
});

const named = ({ rows, cols, data }: Matrix): NamedArray => ({ shape: [rows, cols], data });

/** One factor more: √λ I, that of an arm without observations. */
function withPrior(factors: Matrix, ridge: number): Matrix {
  const out = createMatrix(factors.rows + factors.cols, factors.cols);
  out.data.set(factors.data);
  for (let i = 0; i < factors.cols; i++) out.data[(factors.rows + i) * factors.cols + i] = Math.sqrt(ridge);
  return out;
}

/** @throws RouteProfileError CORRUPT_FILE */
function create(artifact: RouterArtifact): ScoringRouter {
  const { manifest } = artifact;
  const { models, encoder, dimensions } = manifest;
  const { theta, factors, factorOf, pulls, mean, alpha } = readArtifact(artifact);
  const d = theta.cols;
  const kinds = factors.rows / d;

  /** √(xᵀA⁻¹x), the length of L⁻¹x. */
  const widthOf = (x: Float32Array, factor: number): number => {
    const z = solveLower(factors.data.subarray(factor * d * d, (factor + 1) * d * d), x);
    return Math.sqrt(z.reduce((sum, value) => sum + value * value, 0));
  };
  const estimateOf = (x: Float32Array, m: number): number =>
    rowOf(theta, m).reduce((sum, weight, i) => sum + weight * x[i]!, mean);

  const evaluate = (queries: QueryBatch, ctx?: RunContext): { contexts: Matrix; scores: Matrix } => {
    throwIfAborted(ctx);
    const contexts = contextsOf(queries, { encoder, dimensions: dimensions ?? 0 });
    const scores = createMatrix(contexts.rows, models.length);
    for (let q = 0; q < contexts.rows; q++) {
      const x = rowOf(contexts, q);
      const widths = Array.from({ length: alpha > 0 ? kinds : 0 }, (_, factor) => widthOf(x, factor));
      rowOf(scores, q).forEach((_, m, row) => (row[m] = estimateOf(x, m) + alpha * (widths[factorOf[m]!] ?? 0)));
    }
    assertFinite(scores, 'linucb: scores');
    return { contexts, scores };
  };

  return {
    models,
    async score(queries, ctx) {
      return evaluate(queries, ctx).scores;
    },
    async decide(queries, ctx) {
      const { contexts, scores } = evaluate(queries, ctx);
      return decisionsFromScores(models, scores, (q, winner) => {
        const x = rowOf(contexts, q);
        const text = `${models[winner]}: reward ${estimateOf(x, winner).toFixed(3)} expected, width ${widthOf(x, factorOf[winner]!).toFixed(3)}, from ${pulls[winner]} training queries`;
        return [{ kind: pulls[winner]! > 0 ? 'estimate' : 'inherited', text }];
      });
    },
    async save() {
      return { manifest: { ...manifest }, weights: { theta: named(theta), factors: named(factors) } };
    },
  };
}
