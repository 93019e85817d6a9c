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
  type ScoringRouter,
} from '@routeprofile/schema';
import { dealFolds, onlyQueries, splitFold, takeQueries } from './folds.js';
import { shareWork } from './shared-work.js';

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

/** A fold: what a fit without its queries is given, and the queries to ask it. */
export interface HeldOut {
  fold: number;
  folds: number;
  /** Rows of the fold. */
  rows: Int32Array;
  /** The input without them. */
  rest: RouterInput;
  /** They themselves, with task labels for a strategy that reads them. */
  queriesFor: (strategy: Pick<RouterStrategy, 'needs'>) => QueryBatch;
  /** For fits and questions: what a fold has to say is said again, for all rows, by the fit that is kept. Nothing of a fold is stored. */
  quiet: RunContext;
}

/** The input with work on its training queries that all fits on it, or on parts of it, share. */
export function sharing(input: RouterInput): RouterInput {
  const { queries } = input.training;
  if (!queries.vectors || queries.work?.vectors === queries.vectors) return input;
  return { ...input, training: { ...input.training, queries: { ...queries, work: shareWork(queries.vectors) } } };
}

/**
 * One fold after the other, so that whatever is fitted on a fold shares the work on its queries (see `SharedWork`): what is computed of query
 * vectors alone is computed once for all folds, or once for all routers.
 * @param foldOf fold of each training query, from `sharedFolds`
 */
export function* heldOutFolds(given: RouterInput, foldOf: Int32Array, ctx: RunContext): Generator<HeldOut> {
  const input = sharing(given);
  const { queries, tasks } = input.training;
  const folds = foldOf.reduce((most, fold) => Math.max(most, fold), 0) + 1;
  const quiet: RunContext = { seed: ctx.seed, ...(ctx.signal && { signal: ctx.signal }) };
  for (let fold = 0; fold < folds; fold++) {
    throwIfAborted(ctx);
    const { heldOut, rest } = splitFold(foldOf, fold);
    const asked = takeQueries(queries, heldOut);
    const labels = Array.from(heldOut, (q) => tasks[q]!);
    yield {
      fold,
      folds,
      rows: heldOut,
      rest: onlyQueries(input, rest),
      queriesFor: ({ needs }) => (needs.includes('tasks') ? { ...asked, tasks: labels } : asked),
      quiet,
    };
  }
}

/** Scores of the fold's queries by a fit without them, written into the rows of `out`. */
export async function scoreHeldOut(
  strategy: RouterStrategy,
  options: Record<string, unknown>,
  { rows, rest, queriesFor, quiet }: HeldOut,
  out: Matrix,
): Promise<void> {
  const router = scoring(strategy.name, await strategy.fit(rest, options, quiet));
  const scores = await router.score(queriesFor(strategy), quiet);
  rows.forEach((q, i) => rowOf(out, q).set(rowOf(scores, i)));
}

function scoring(name: string, router: Router): ScoringRouter {
  if (isScoringRouter(router)) return router;
  throw new RouteProfileError('UNSUPPORTED', `${name} gives decisions but no scores`, {
    hint: 'Use a router with a `score` method here.',
  });
}

/**
 * Scores of every training query by a router fitted without it (cross-fitting). The router is fitted once per fold.
 * A router that reads task labels is given them.
 * @param foldOf fold of each training query, from `sharedFolds`
 * @param fitted the router as fitted on all rows, where it is at hand: one that cross-validates itself (`auto`, `ensemble`) already
 *   has such scores, on folds of its own, and is not fitted again
 * @returns shape [training queries × models], in the router's own units
 * @throws RouteProfileError UNSUPPORTED for a router that does not score, and whatever `fit` throws
 */
export async function outOfFoldScores(
  strategy: RouterStrategy,
  options: Record<string, unknown>,
  input: RouterInput,
  foldOf: Int32Array,
  ctx: RunContext,
  fitted?: Router,
): Promise<Matrix> {
  const out = createMatrix(input.training.tasks.length, input.models.length);
  if (fitted?.outOfFold) {
    const place = new Map(input.models.map((model, m) => [model, m]));
    fitted.outOfFold().forEach(({ ranked }, q) => {
      for (const { model, score } of ranked) rowOf(out, q)[place.get(model)!] = score;
    });
    return out;
  }
  for (const part of heldOutFolds(input, foldOf, ctx)) {
    await scoreHeldOut(strategy, options, part, out);
    reportFold(strategy.name, part, ctx);
  }
  return out;
}

const reportFold = (name: string, { fold, folds }: HeldOut, ctx: RunContext): void =>
  ctx.onProgress?.({ stage: `${name}: out of fold`, done: fold + 1, total: folds, unit: 'folds' });

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
  for (const part of heldOutFolds(input, foldOf, ctx)) {
    const { rows, rest, queriesFor, quiet } = part;
    const router = await strategy.fit(rest, options, quiet);
    const decisions = await router.decide(queriesFor(strategy), quiet);
    if (decisions.length !== rows.length)
      throw new RouteProfileError(
        'PLUGIN_FAILED',
        `router ${strategy.name} made ${decisions.length} decisions for ${rows.length} queries`,
      );
    rows.forEach((q, i) => take(q, decisions[i]!));
    reportFold(strategy.name, part, ctx);
  }
}
