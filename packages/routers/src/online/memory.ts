import { rowDots } from '@routeprofile/numerics';
import { z } from '@routeprofile/schema';
import { defineLearner, windowOption } from './define-learner.js';

const options = z.strictObject({
  /** How many judged answers to the very same query the fitted router's chance counts for. */
  kappa: z.number().gt(0).default(20),
  /** A judged answer weighs exp((cosine − 1) / width) of one to the very same query: the smaller, the nearer it must be. */
  width: z.number().gt(0).default(0.1),
  /** Learn from reward less the router's chance then, which tells how far it is off, in place of the reward itself. Needs `expected`. */
  residual: z.boolean().default(false),
  ...windowOption,
});
/** Options of `memoryLearner`. */
export type MemoryOptions = z.infer<typeof options>;

/**
 * Remembers judged answers, and asks those to similar queries what each model is worth here, as far as there are any:
 *
 *     v̂_m(x) = (Σ k(x, x_i) r_i + κ v_m(x)) / (Σ k(x, x_i) + κ),   k(x, y) = exp((cos(x, y) − 1) / width),
 *
 * over the judged answers i of model m, with the fitted router's chance v_m(x) in place of what is not known: a kernel regression (Nadaraya 1964;
 * Watson 1964) that is shrunk to the router, the memory of the context-action-feedback loop of ACRouter (arXiv 2606.22902). Rewards need no weights by propensity: each
 * model's are compared with its own alone, and what decides who answers is the query, on which v̂ depends.
 */
export const memoryLearner = /* @__PURE__ */ defineLearner<MemoryOptions>({
  name: 'memory',
  summary: 'judged answers to similar queries, shrunk to the fitted router where there are few',
  options,
  readsExpected: ({ residual }) => residual,
  choice: () => ({ by: 'chance' }),
  features: () => (vector) => vector,
  learn({ count, points, models, rewards, expected }, { kappa, width, residual }, modelCount) {
    const cosines = new Float64Array(count).fill(1);
    return (query) => {
      if (points && query) rowDots(points, query, cosines);
      const weights = new Float64Array(modelCount);
      const sums = new Float64Array(modelCount);
      for (let i = 0; i < count; i++) {
        const weight = Math.exp((cosines[i]! - 1) / width);
        weights[models[i]!]! += weight;
        sums[models[i]!]! += weight * (residual ? rewards[i]! - expected[i]! : rewards[i]!);
      }
      return (model, chance) => {
        const weight = weights[model]!;
        if (weight === 0) return { chance, deviation: 0, weight };
        const mixed = residual
          ? Math.min(1, Math.max(0, chance + sums[model]! / (weight + kappa)))
          : (sums[model]! + kappa * chance) / (weight + kappa);
        return { chance: mixed, deviation: 0, weight };
      };
    };
  },
});
