import { solveLower } from '@routeprofile/numerics';
import {
  corruptFile,
  createMatrix,
  defineScoringRouter,
  inheritedRows,
  rowOf,
  rowsWithHeirs,
  z,
  type Matrix,
} from '@routeprofile/schema';
import { fitArms } from './arms.js';
import { contextsOf } from './contexts.js';
import { rewardsOf } from './rewards.js';

/** Wherever a router is named, a plugin goes by its package name; a saved router is found again by the same. */
const NAME = 'routeprofile-router-linucb';

const options = z.strictObject({
  /** λ: the prior's weight. The paper has 1. */
  ridge: z.number().gt(0).default(1),
  /** α: how many widths of the confidence interval are added to an estimate. 0 = the estimate alone. */
  alpha: z.number().min(0).default(0),
});
export type LinUcbOptions = z.infer<typeof options>;

/**
 * Disjoint LinUCB (Li, Chu, Langford and Schapire 2010, arXiv 1003.0146) with a query as the context and a model as an arm:
 * score = mean + θᵀx + α √(xᵀA⁻¹x). Fitted once, offline; the README says what that takes away from the bandit.
 *
 * LinUCB alone knows nothing of a new arm; a profile is what RouteProfile adds: an arm that never was pulled has the mean θ of the
 * others, weighted by how alike the models' profiles are.
 */
export default defineScoringRouter({
  name: NAME,
  summary: 'disjoint LinUCB on query vectors, fitted offline: ridge a model, and how sure it is',
  options,
  needs: ['vectors', 'training'],
  state: z.object({
    mean: z.number(),
    learned: z.enum(['outcomes', 'pairs']),
    /** Which factor belongs to each arm, and how many training queries it has. */
    factorOf: z.array(z.number().int().min(0)),
    pulls: z.array(z.number().int().min(0)),
  }),
  // A factor for each set of models that were pulled alike, one below the other.
  shapes: ({ models, dimensions, state: { factorOf } }) => ({
    theta: [models, dimensions + 1],
    factors: [(Math.max(...factorOf) + 1) * (dimensions + 1), dimensions + 1],
  }),

  learn({ models, profiles, training, vectors }, { ridge }, ctx) {
    const rewards = rewardsOf(training, models.length);
    const { theta, factors, factorOf, pulls } = fitArms(contextsOf(vectors), rewards, models.length, ridge, ctx);
    const known = pulls.map((count) => count > 0);
    return {
      state: { mean: rewards.mean, learned: rewards.source, factorOf, pulls },
      weights: { theta: inheritedRows(NAME, theta, models, known, profiles), factors },
    };
  },

  prepare({ models, state: { factorOf, pulls } }) {
    if (factorOf.length !== models.length || pulls.length !== models.length)
      throw corruptFile(NAME, `router.json: state is not one entry for each of ${models.length} models`);
  },

  score({ models, state: { mean, factorOf }, weights: { theta, factors }, options: { alpha } }, { vectors }) {
    const contexts = contextsOf(vectors);
    const scores = createMatrix(contexts.rows, models.length);
    const kinds = factors.rows / factors.cols;
    for (let q = 0; q < contexts.rows; q++) {
      const x = rowOf(contexts, q);
      const widths = Array.from({ length: alpha > 0 ? kinds : 0 }, (_, factor) => widthOf(factors, x, factor));
      rowOf(scores, q).forEach(
        (_, m, row) => (row[m] = estimateOf(theta, mean, x, m) + alpha * (widths[factorOf[m]!] ?? 0)),
      );
    }
    return { scores, found: contexts };
  },

  explain({ state: { mean, factorOf, pulls }, weights: { theta, factors } }, { query, winner, model, found }) {
    const x = rowOf(found, query);
    const estimate = estimateOf(theta, mean, x, winner).toFixed(3);
    const width = widthOf(factors, x, factorOf[winner]!).toFixed(3);
    const text = `${model}: reward ${estimate} expected, width ${width}, from ${pulls[winner]} training queries`;
    return [{ kind: pulls[winner]! > 0 ? 'estimate' : 'inherited', text }];
  },

  /** A model that joins is an arm that never was pulled: it inherits θ, and its width is the widest there is. */
  join({ models, state: { factorOf, pulls }, weights: { theta, factors }, options: { ridge } }, joining) {
    const { added } = joining;
    const unseen = factors.rows / factors.cols;
    const newModels = models.filter((_, m) => pulls[m] === 0);
    return {
      state: {
        factorOf: [...factorOf, ...added.map(() => unseen)],
        pulls: [...pulls, ...added.map(() => 0)],
      },
      weights: { theta: rowsWithHeirs(NAME, theta, newModels, joining), factors: withPrior(factors, ridge) },
    };
  },
});

/** √(xᵀA⁻¹x), the length of L⁻¹x. */
function widthOf({ cols: d, data }: Matrix, x: Float32Array, factor: number): number {
  const z = solveLower(data.subarray(factor * d * d, (factor + 1) * d * d), x);
  return Math.sqrt(z.reduce((sum, value) => sum + value * value, 0));
}

const estimateOf = (theta: Matrix, mean: number, x: Float32Array, m: number): number =>
  rowOf(theta, m).reduce((sum, weight, i) => sum + weight * x[i]!, mean);

/** One factor more: √λ I, that of an arm without observations. */
function withPrior(factors: Matrix, ridge: number): Matrix {
  const out = createMatrix(factors.rows + factors.cols, factors.cols);
  out.data.set(factors.data);
  for (let i = 0; i < factors.cols; i++) out.data[(factors.rows + i) * factors.cols + i] = Math.sqrt(ridge);
  return out;
}
