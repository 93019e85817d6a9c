import { placeAbility, sigmoid, type Items } from '@routeprofile/numerics';
import { rowOf, z } from '@routeprofile/schema';
import { randomAxes } from './axes.js';
import { defineLearner, commonOptions } from './define-learner.js';

const options = z.strictObject({
  /** Random axes that queries are seen along; 0: a model is better or worse by as much on all queries. */
  axes: z.number().int().min(0).max(64).default(8),
  /** Standard deviation that a model's ability may have from what the router takes it for, in logits. */
  spread: z.number().gt(0).default(0.4),
  ...commonOptions,
});
/** Options of `irtLearner`. */
export type IrtLearnerOptions = z.infer<typeof options>;

/** A chance of 0 or 1 has no logit: it counts as this far inside. */
const EDGE = 1e-3;
const logit = (chance: number): number => {
  const inside = Math.min(1 - EDGE, Math.max(EDGE, chance));
  return Math.log(inside / (1 - inside));
};

/**
 * Moves each model's ability as item response theory does: logit v̂_m(x) = logit v_m(x) + φ(x)·δ_m, where δ_m is the mode of the posterior of the judged
 * answers under a normal prior around 0 (`placeAbility`: the query is the item, its difficulty what the router expected). Around the `irt` router that is an update of the
 * abilities θ_m; around any other with chances, an offset in logits. Suits a model that has become better or worse as a whole.
 */
export const irtLearner = /* @__PURE__ */ defineLearner<IrtLearnerOptions>({
  name: 'irt',
  summary: 'each model better or worse than the router took it for, as item response theory places it',
  options,
  readsExpected: true,
  choice: () => ({ by: 'chance' }),
  features: (dimensions, { axes }, seed) => randomAxes(dimensions, axes, seed),
  learn(judged, { spread }, models) {
    const { rewards, expected } = judged;
    const points = judged.points!;
    const dimensions = points.cols;
    const prior = { mean: new Float64Array(dimensions), precision: new Float64Array(dimensions * dimensions) };
    for (let d = 0; d < dimensions; d++) prior.precision[d * dimensions + d] = 1 / spread ** 2;
    const answered = Array.from({ length: models }, (): number[] => []);
    judged.models.forEach((model, k) => answered[model]!.push(k));
    const moves = answered.map((rows) => {
      const items: Items = {
        dimensions,
        discrimination: Float64Array.from(rows.flatMap((k) => Array.from(rowOf(points, k)))),
        difficulty: Float64Array.from(rows, (k) => -logit(expected[k]!)),
      };
      return placeAbility(
        items,
        rows.map((k) => rewards[k]!),
        prior,
      ).ability;
    });
    return (query) => {
      return (model, chance) => {
        const weight = answered[model]!.length;
        if (weight === 0) return { chance, deviation: 0, weight };
        const move = query!.reduce((sum, x, d) => sum + x * moves[model]![d]!, 0);
        return { chance: sigmoid(logit(chance) + move), deviation: 0, weight };
      };
    };
  },
});
