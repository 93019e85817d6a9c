import {
  createMatrix,
  createRandom,
  isScoringRouter,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  type Decision,
  type Matrix,
  type QueryBatch,
  type Router,
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
export const sharedFolds = (
  { training }: { training: Pick<RouterInput['training'], 'tasks'> },
  ctx: Pick<RunContext, 'seed'>,
  folds: number = FOLDS,
): Int32Array =>
  dealFolds(training.tasks, Math.min(folds, training.tasks.length), createRandom(ctx.seed, 'out of fold'));

/** Asks a router that was fitted without these training queries; `quiet` has no logger. */
type AskHeldOut = (router: Router, queries: QueryBatch, heldOut: Int32Array, quiet: RunContext) => Promise<void>;

/** Fits the strategy once per fold, on the other folds, and hands it the queries held out, with task labels if it reads them. */
async function onHeldOut(
  strategy: RouterStrategy,
  options: Record<string, unknown>,
  input: RouterInput,
  foldOf: Int32Array,
  ctx: RunContext,
  ask: AskHeldOut,
): Promise<void> {
  const { training } = input;
  const folds = foldOf.reduce((most, fold) => Math.max(most, fold), 0) + 1;
  // Quiet: what a fold's fit has to say is said again, for all rows, by the fit that is kept. Nothing of a fold is stored.
  const quiet: RunContext = { seed: ctx.seed, ...(ctx.signal && { signal: ctx.signal }) };
  for (let fold = 0; fold < folds; fold++) {
    throwIfAborted(ctx);
    const { heldOut, rest } = splitFold(foldOf, fold);
    const router = await strategy.fit(onlyQueries(input, rest), options, quiet);
    const asked = takeQueries(training.queries, heldOut);
    const tasks = Array.from(heldOut, (q) => training.tasks[q]!);
    await ask(router, strategy.needs.includes('tasks') ? { ...asked, tasks } : asked, heldOut, quiet);
    ctx.onProgress?.({ stage: `${strategy.name}: out of fold`, done: fold + 1, total: folds, unit: 'folds' });
  }
}

/**
 * Scores of every training query by a router fitted without it (cross-fitting). The router is fitted once per fold.
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
  const out = createMatrix(input.training.tasks.length, input.models.length);
  await onHeldOut(strategy, options, input, foldOf, ctx, async (router, queries, heldOut, quiet) => {
    if (!isScoringRouter(router))
      throw new RouteProfileError('UNSUPPORTED', `${strategy.name} gives decisions but no scores`, {
        hint: 'Use a router with a `score` method here.',
      });
    const scores = await router.score(queries, quiet);
    heldOut.forEach((q, i) => rowOf(out, q).set(rowOf(scores, i)));
  });
  return out;
}

/**
 * The decision on every training query of a router fitted without it, wrappers included: what a router is worth to those who have
 * training data alone. Profile vectors are those of all rows; keys that are training queries are held out with them.
 * @param foldOf fold of each training query, from `sharedFolds`
 * @param fitted the router as fitted on all rows, where it is at hand: one that cross-validates itself (`auto`, `ensemble`) already
 *   has such decisions, on folds of its own, and is not fitted again
 * @param take is given the index of a training query and the decision on it
 * @throws RouteProfileError PLUGIN_FAILED when decisions are missing, and whatever `fit` and `decide` throw
 */
export async function outOfFoldDecisions(
  strategy: RouterStrategy,
  options: Record<string, unknown>,
  input: RouterInput,
  foldOf: Int32Array,
  ctx: RunContext,
  take: (query: number, decision: Decision) => void,
  fitted?: Router,
): Promise<void> {
  if (fitted?.outOfFold) return fitted.outOfFold().forEach((decision, q) => take(q, decision));
  await onHeldOut(strategy, options, input, foldOf, ctx, async (router, queries, heldOut, quiet) => {
    const decisions = await router.decide(queries, quiet);
    if (decisions.length !== heldOut.length)
      throw new RouteProfileError(
        'PLUGIN_FAILED',
        `router ${strategy.name} made ${decisions.length} decisions for ${heldOut.length} queries`,
      );
    heldOut.forEach((q, i) => take(q, decisions[i]!));
  });
}
