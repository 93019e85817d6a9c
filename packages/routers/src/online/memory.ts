import { rowDots } from '@routeprofile/numerics';
import { z } from '@routeprofile/schema';
import { defineLearner, commonOptions } from './define-learner.js';

const options = z.strictObject({
  /** How many judged answers to the very same query the fitted router's chance counts for. */
  kappa: z.number().gt(0).default(20),
  /** A judged answer weighs exp((cosine − 1) / width) of one to the very same query: the smaller, the nearer it must be. */
  width: z.number().gt(0).default(0.5),
  ...commonOptions,
});
/** Options of `memoryLearner`. */
export type MemoryOptions = z.infer<typeof options>;

/**
 * Remembers judged answers, and asks those to similar queries how far the fitted router is off here:
 *
 *     v̂_m(x) = v_m(x) + Σ k(x, x_i) (r_i − v_m(x_i)) / (Σ k(x, x_i) + κ),   k(x, y) = exp((cos(x, y) − 1) / width),
 *
 * over the judged answers i of model m: a kernel regression (Nadaraya 1964; Watson 1964) that is shrunk to the router's chance v, the memory of the
 * context-action-feedback loop of ACRouter (arXiv 2606.22902). v_m(x_i) is `expected`; a decision that does not say counts as if it had been v_m(x), which
 * gives (Σ k r + κ v) / (Σ k + κ): a hard query among easy ones then looks easier than the router knows it to be. Rewards need no weights by propensity:
 * each model's are compared with its own alone, and what decides who answers is the query, on which v̂ depends.
 */
export const memoryLearner = /* @__PURE__ */ defineLearner<MemoryOptions>({
  name: 'memory',
  summary: 'how far the router is off on similar queries, by judged answers; the router itself where there are few',
  options,
  readsExpected: false,
  choice: () => ({ by: 'chance' }),
  features: () => (vector) => vector,
  learn({ count, points, models, rewards, expected }, { kappa, width }, modelCount) {
    const cosines = new Float64Array(count).fill(1);
    return (query) => {
      if (points && query) rowDots(points, query, cosines);
      const weights = new Float64Array(modelCount);
      const sums = new Float64Array(modelCount);
      /** Weight of the answers that do not say what was expected of them. */
      const unsaid = new Float64Array(modelCount);
      for (let i = 0; i < count; i++) {
        const weight = Math.exp((cosines[i]! - 1) / width);
        const model = models[i]!;
        const said = !Number.isNaN(expected[i]!);
        weights[model]! += weight;
        sums[model]! += weight * (rewards[i]! - (said ? expected[i]! : 0));
        if (!said) unsaid[model]! += weight;
      }
      return (model, chance) => {
        const weight = weights[model]!;
        if (weight === 0) return { chance, deviation: 0, weight };
        const change = (sums[model]! - unsaid[model]! * chance) / (weight + kappa);
        return { chance: Math.min(1, Math.max(0, chance + change)), deviation: 0, weight };
      };
    };
  },
});
