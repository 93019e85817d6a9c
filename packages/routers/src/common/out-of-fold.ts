import {
  createMatrix,
  createRandom,
  isScoringRouter,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  type Matrix,
  type RouterInput,
  type RouterStrategy,
  type RunContext,
} from '@routeprofile/schema';
import { dealFolds, onlyQueries, splitFold, takeQueries } from './folds.js';

export const FOLDS = 5;

/**
 * One fold assignment for everything that compares routers under one seed: differences are then paired. Stratified by task.
 * @param folds default 5; no more than there are training queries
 * @returns the fold of each training query. Shape [training queries].
 */
export const sharedFolds = ({ training }: RouterInput, ctx: RunContext, folds: number = FOLDS): Int32Array =>
  dealFolds(training.tasks, Math.min(folds, training.tasks.length), createRandom(ctx.seed, 'out of fold'));

/**
 * Scores of every training query by a router fitted without it (cross-fitting). The router is fitted once a fold.
 * A router that reads task labels is given them.
 * @param foldOf fold of each training query, from `sharedFolds`
 * @returns shape [training queries × models], in the router's own units
 * @throws RouteProfileError UNSUPPORTED for a router that does not score, and whatever `fit` throws
 */
export async function outOfFoldScores(
  strategy: RouterStrategy,
  options: Record<string, unknown>,
  input: RouterInput,
  foldOf: Int32Array,
  ctx: RunContext,
): Promise<Matrix> {
  const { training, models } = input;
  const out = createMatrix(training.tasks.length, models.length);
  const folds = Math.max(0, ...foldOf) + 1;
  // Quiet: what a fold's fit has to say is said again, for all rows, by the fit that is kept. Nothing of a fold is stored.
  const quiet: RunContext = { seed: ctx.seed, ...(ctx.signal && { signal: ctx.signal }) };
  for (let fold = 0; fold < folds; fold++) {
    throwIfAborted(ctx);
    const { heldOut, rest } = splitFold(foldOf, fold);
    const router = await strategy.fit(onlyQueries(input, rest), options, quiet);
    if (!isScoringRouter(router))
      throw new RouteProfileError('UNSUPPORTED', `${strategy.name} gives decisions but no scores`, {
        hint: 'Use a router with a `score` method here.',
      });
    const asked = takeQueries(training.queries, heldOut);
    const tasks = Array.from(heldOut, (q) => training.tasks[q]!);
    const scores = await router.score(strategy.needs.includes('tasks') ? { ...asked, tasks } : asked, quiet);
    heldOut.forEach((q, i) => rowOf(out, q).set(rowOf(scores, i)));
    ctx.onProgress?.({ stage: `${strategy.name}: out of fold`, done: fold + 1, total: folds, unit: 'folds' });
  }
  return out;
}
