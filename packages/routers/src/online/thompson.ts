import { z } from '@routeprofile/schema';
import { randomAxes } from './axes.js';
import { defineLearner } from './define-learner.js';
import { linearOptions } from './lin-ucb.js';
import { linearResiduals } from './linear-residuals.js';

const options = z.strictObject({
  /** Deviation of a reward, in chances, that draws assume: 0.5 is the most that a reward in [0, 1] can have. Less explores less. */
  scale: z.number().gt(0).default(0.1),
  /** Draws per query, whose winners are counted. */
  draws: z.number().int().min(10).max(100_000).default(1000),
  ...linearOptions,
});
/** Options of `thompsonLearner`. */
export type ThompsonOptions = z.infer<typeof options>;

/**
 * Chooses each model as often as it is likely to be the best: Thompson sampling with a linear model of what the fitted router misjudges (Agrawal and
 * Goyal 2013, arXiv 1209.3352; see `linearResiduals`). Of `draws` seeded draws from the posterior the winners are counted, and one of the draws decides: so `propensity` is exact, the
 * share of the draws that the model won. It draws by itself, and goes outermost as `withExploration` does.
 */
export const thompsonLearner = /* @__PURE__ */ defineLearner<ThompsonOptions>({
  name: 'thompson',
  summary: 'each model as often as it is likely to be the best, by what the router misjudges (Thompson sampling)',
  options,
  readsExpected: () => true,
  choice: ({ scale, draws }) => ({ by: 'draws', scale, draws }),
  features: (dimensions, { axes }, seed) => randomAxes(dimensions, axes, seed),
  learn: linearResiduals,
});
