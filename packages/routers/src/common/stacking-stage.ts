import {
  assertTrainable,
  createMatrix,
  createRandom,
  decisionsFromScores,
  rowOf,
  type Decision,
  type Matrix,
  type RouterInput,
  type RouterStrategy,
  type RouterTraining,
  type RunContext,
  type ScoringRouter,
  z,
} from '@routeprofile/schema';
import { bestSingleRouter } from './best-single.js';
import { byTask, onlyQueries } from './folds.js';
import { judgeOf, judgeScores, type Judge } from './judge.js';
import { outOfFoldScores, sharedFolds } from './out-of-fold.js';
import { nothingToLearn } from './pairs.js';
import { membersOutOfFold, type MemberScores, type Skipped } from './stacking-members.js';
import { addStacked, stacking, type WeightsWithout } from './stacking-weights.js';

/** Everything that is measured once, and that routers are then compared and combined by. */
export interface Stage {
  judge: Judge;
  /** The training queries that all this is about, in order; null: all there are. What follows counts within them. */
  sample: Int32Array | null;
  /** Fold of each training query. */
  foldOf: Int32Array;
  /** `best-single`, then the members that can work with the data. */
  candidates: MemberScores[];
  skipped: Skipped[];
  /** Weights of the candidates. */
  weights: WeightsWithout;
}

/** How routers are compared. */
export interface Comparing {
  /** Parts of the training queries. */
  folds: number;
  /** Training queries to compare them on, at most; of more, a sample is drawn. Default: all. */
  compared?: number | 'all';
}

/**
 * Out-of-fold scores of best-single and of the members, on one deal of the folds, so that differences are paired. It costs one
 * fit per fold and member.
 * @throws RouteProfileError NO_TRAINING_DATA, or what the members say when none can work with the data
 */
export async function crossFit(
  name: string,
  members: readonly RouterStrategy[],
  given: RouterInput,
  { folds, compared = 'all' }: Comparing,
  ctx: RunContext,
): Promise<Stage> {
  const { models } = given;
  assertTrainable(name, given);
  const sample = compared === 'all' ? null : sampledQueries(given.training.tasks, compared, ctx);
  if (sample)
    ctx.logger?.info(
      `${name}: routers are compared on ${sample.length} of ${given.training.tasks.length} training queries, and fitted on all`,
    );
  const input = sample ? onlyQueries(apart(given), sample) : given;
  const training = judgedTraining(input.training);
  const judge = judgeOf(training, models.length);
  if (judge.queries.length < 2) throw nothingToLearn(name);
  const foldOf = sharedFolds(input, ctx, folds);
  const constant = await outOfFoldScores(bestSingleRouter, {}, input, foldOf, ctx);
  const { usable, skipped } = await membersOutOfFold(name, members, input, foldOf, ctx);
  const candidates = [{ strategy: bestSingleRouter, scores: constant }, ...usable];
  const scores = candidates.map((entry) => entry.scores);
  return { judge, sample, foldOf, candidates, skipped, weights: stacking(training, models.length, scores, foldOf) };
}

/** An even share of every task, drawn by the seed, in order; null where no more than `most` are there. */
export function sampledQueries(
  tasks: readonly (string | null)[],
  most: number,
  { seed }: Pick<RunContext, 'seed'>,
): Int32Array | null {
  if (tasks.length <= most) return null;
  const order = byTask(tasks, createRandom(seed, 'compared'));
  return Int32Array.from({ length: most }, (_, i) => order[Math.floor((i * tasks.length) / most)]!).sort();
}

/** Of how many training queries routers were compared on how many; absent where on all. */
export const sampledState = z.object({ queries: z.number().int().min(2), of: z.number().int().min(2) }).optional();

export const sampledFrom = ({ sample }: Stage, { training }: RouterInput) =>
  sample && { sampled: { queries: sample.length, of: training.tasks.length } };

/** Without the work that is shared on all queries: that on a sample is the less. */
function apart(input: RouterInput): RouterInput {
  const { work: _, ...queries } = input.training.queries;
  return { ...input, training: { ...input.training, queries } };
}

/** The router with its out-of-fold decisions, where it has one on every training query. */
export const withOutOfFold = <R extends ScoringRouter>(
  router: R,
  { sample, foldOf }: Stage,
  scoresOf: (query: number) => ArrayLike<number>,
): R & Pick<ScoringRouter, 'outOfFold'> =>
  sample ? router : { ...router, outOfFold: () => decisionsOutOfFold(router.models, foldOf.length, scoresOf) };

/** A table without a single outcome is none. */
const judgedTraining = (training: RouterTraining): RouterTraining => ({
  ...training,
  outcomes: training.outcomes?.score.some((score) => !Number.isNaN(score)) ? training.outcomes : null,
});

/** Worth of every judged query under a router's out-of-fold scores. */
export const worthsOf = ({ judge }: Stage, scores: Matrix): Float64Array =>
  judgeScores(judge, (q) => rowOf(scores, q)).worths;

/** The stack's scores of a training query, the weights for it learned on the other folds. */
export function stackedScores({ foldOf, candidates, weights }: Stage): (query: number) => Float64Array {
  const folds = foldOf.reduce((most, fold) => Math.max(most, fold), 0) + 1;
  const learned = Array.from({ length: folds }, (_, fold) => weights(fold));
  return (query) => {
    const out = new Float64Array(candidates[0]!.scores.cols);
    const parts = candidates.map(({ scores }) => rowOf(scores, query));
    addStacked(parts, learned[foldOf[query]!]!, out);
    return out;
  };
}

/** Worth of every judged query under the stack's scores of it. */
export const stackedWorths = (stage: Stage): Float64Array => judgeScores(stage.judge, stackedScores(stage)).worths;

/** Decisions on training queries by scores of fits that had not seen them. */
function decisionsOutOfFold(
  models: readonly string[],
  queries: number,
  scoresOf: (query: number) => ArrayLike<number>,
): Decision[] {
  const scores = createMatrix(queries, models.length);
  for (let q = 0; q < queries; q++) rowOf(scores, q).set(scoresOf(q));
  return decisionsFromScores(models, scores);
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
