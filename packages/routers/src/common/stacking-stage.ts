import {
  rowOf,
  type Matrix,
  type RouterInput,
  type RouterStrategy,
  type RouterTraining,
  type RunContext,
} from '@routeprofile/schema';
import { bestSingleRouter } from './best-single.js';
import { judgeOf, judgeScores, type Judge } from './judge.js';
import { outOfFoldScores, sharedFolds } from './out-of-fold.js';
import { nothingToLearn } from './pairs.js';
import { membersOutOfFold, type MemberScores, type Skipped } from './stacking-members.js';
import { addStacked, stacking, type WeightsWithout } from './stacking-weights.js';
import { assertTrainable } from './trainable.js';

/** Everything that is measured once, and that routers are then compared and combined by. */
export interface Stage {
  judge: Judge;
  /** Fold of each training query. */
  foldOf: Int32Array;
  /** `best-single`, then the members that can work with the data. */
  candidates: MemberScores[];
  skipped: Skipped[];
  /** Weights of the candidates. */
  weights: WeightsWithout;
}

/**
 * Out-of-fold scores of best-single and of the members, on one deal of the folds, so that differences are paired. It costs one
 * fit a fold and member.
 * @throws RouteProfileError NO_TRAINING_DATA, or what the members say when none can work with the data
 */
export async function crossFit(
  name: string,
  members: readonly RouterStrategy[],
  input: RouterInput,
  folds: number,
  ctx: RunContext,
): Promise<Stage> {
  const { models } = input;
  assertTrainable(name, input);
  const training = judgedTraining(input.training);
  const judge = judgeOf(training, models.length);
  if (judge.queries.length < 2) throw nothingToLearn(name);
  const foldOf = sharedFolds(input, ctx, folds);
  const constant = await outOfFoldScores(bestSingleRouter, {}, input, foldOf, ctx);
  const { usable, skipped } = await membersOutOfFold(name, members, input, foldOf, ctx);
  const candidates = [{ strategy: bestSingleRouter, scores: constant }, ...usable];
  const scores = candidates.map((entry) => entry.scores);
  return { judge, foldOf, candidates, skipped, weights: stacking(training, models.length, scores, foldOf) };
}

/** A table without a single outcome is none. */
const judgedTraining = (training: RouterTraining): RouterTraining => ({
  ...training,
  outcomes: training.outcomes?.score.some((score) => !Number.isNaN(score)) ? training.outcomes : null,
});

/** Worth of every judged query under a router's out-of-fold scores. */
export const worthsOf = ({ judge }: Stage, scores: Matrix): Float64Array =>
  judgeScores(judge, (q) => rowOf(scores, q)).worths;

/** The same for the stack of all candidates, the weights for a query learned on the other folds. */
export function stackedWorths({ judge, foldOf, candidates, weights }: Stage): Float64Array {
  const learned = Array.from({ length: Math.max(...foldOf) + 1 }, (_, fold) => weights(fold));
  return judgeScores(judge, (q) => {
    const out = new Float64Array(candidates[0]!.scores.cols);
    addStacked(
      candidates.map(({ scores }) => rowOf(scores, q)),
      learned[foldOf[q]!]!,
      out,
    );
    return out;
  }).worths;
}

export interface Estimate {
  mean: number;
  standardError: number;
}

/** Mean and its standard error; of differences they are those of the paired comparison. */
export function estimate(values: Float64Array): Estimate {
  const n = Math.max(1, values.length);
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(spread / Math.max(1, values.length - 1) / n) };
}
