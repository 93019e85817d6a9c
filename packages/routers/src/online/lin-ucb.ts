import { z } from '@routeprofile/schema';
import { randomAxes } from './axes.js';
import { defineLearner, commonOptions } from './define-learner.js';
import { linearResiduals } from './linear-residuals.js';

export const linearOptions = {
  /** Random axes that queries are seen along; 0: what the router misjudges is the same for all queries. */
  axes: z.number().int().min(0).max(256).default(8),
  /** Judged answers that the fitted router counts for. */
  ridge: z.number().gt(0).default(50),
  ...commonOptions,
};

const options = z.strictObject({
  /** How much of the uncertainty counts in favour of a model; 0: none, so that it never tries. */
  alpha: z.number().min(0).default(0.1),
  ...linearOptions,
});
/** Options of `linUcbLearner`. */
export type LinUcbOptions = z.infer<typeof options>;

/**
 * Chooses by what a model may be worth at best: v_m(x) + θ_m·φ(x) + α √(φ(x)ᵀ A_m⁻¹ φ(x)), with θ_m what the fitted router misjudges (see `linearResiduals`). LinUCB with
 * a matrix per model (Li et al. 2010, arXiv 1003.0146, algorithm 1), around a router. A choice is certain, given what was learned: a log of such choices alone cannot
 * judge another policy, so put `withExploration` with an ε around it.
 */
export const linUcbLearner = /* @__PURE__ */ defineLearner<LinUcbOptions>({
  name: 'lin-ucb',
  summary: 'what the router misjudges, linear in the query; models of which little is known are tried (LinUCB)',
  options,
  readsExpected: true,
  choice: ({ alpha }) => ({ by: 'optimism', alpha }),
  features: (dimensions, { axes }, seed) => randomAxes(dimensions, axes, seed),
  learn: linearResiduals,
});
