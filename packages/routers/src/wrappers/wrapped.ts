import {
  inFront,
  isScoringRouter,
  RouteProfileError,
  type Decision,
  type QueryBatch,
  type RankedModel,
  type Router,
  type ScoringRouter,
} from '@routeprofile/schema';
import { settled } from './figures.js';

/** A router with another inside. */
export interface WrappedRouter extends Router {
  /** False once scores of a wrapper's own stand in the place of the router's, so that no calibration of those fits them. */
  readonly keepsScores: boolean;
}

/** True unless a wrapper has put scores of its own in the place of the router's. */
export const keepsScores = (router: Router): boolean => !('keepsScores' in router) || router.keepsScores === true;

/** Changes the decision of one query of a batch. */
export type Change = (decision: Decision, query: number) => Decision;

/**
 * The router with its choices changed, their reasons true of the model that is chosen then (`settled`).
 * @param prepare called once per batch
 * @param sameScores whether each model keeps the score that it had
 * @returns `decide` throws RouteProfileError UNSUPPORTED where the router inside drew its choice: with which chance another one would
 *   have come to be chosen, nobody could tell
 */
export const wrapDecisions = (
  router: Router,
  prepare: (queries: QueryBatch) => Change,
  options: { sameScores: boolean },
): WrappedRouter =>
  mapDecisions(
    router,
    (queries) => {
      const change = prepare(queries);
      return (decision, query) => change(assertNotDrawn(decision), query);
    },
    options,
  );

function assertNotDrawn(decision: Decision): Decision {
  if (decision.propensity === undefined || decision.propensity === 1) return decision;
  throw new RouteProfileError(
    'UNSUPPORTED',
    `a wrapper around a router that draws its choices may change ${decision.model}, which was drawn with chance ${decision.propensity.toFixed(3)}`,
    { hint: 'Put what explores (withExploration, or a learner that draws) outermost, around all other wrappers.' },
  );
}

/** For wrappers made by a call, of which files know nothing. */
export async function unsavable(): Promise<never> {
  throw new RouteProfileError('UNSUPPORTED', 'a router wrapped by a function cannot be saved', {
    hint: 'Save the router inside and wrap it again, or fit it as one strategy: wrapStrategy(strategy, wrappers).',
  });
}

/** As `wrapDecisions`, for what leaves the choice and its chance as they are, so that it may be a drawn one. */
export function mapDecisions(
  router: Router,
  prepare: (queries: QueryBatch) => Change,
  { sameScores }: { sameScores: boolean },
): WrappedRouter {
  return {
    models: router.models,
    keepsScores: sameScores && keepsScores(router),
    async decide(queries, ctx) {
      const change = prepare(queries);
      return (await router.decide(queries, ctx)).map((decision, q) => settled(decision, change(decision, q)));
    },
    save: unsavable,
  };
}

/** The router with more said of each model; order and scores stay, so a router that scores still does. */
export function annotateDecisions(
  router: Router,
  prepare: (queries: QueryBatch) => Change,
): WrappedRouter | (WrappedRouter & ScoringRouter) {
  const wrapped = mapDecisions(router, prepare, { sameScores: true });
  return isScoringRouter(router) ? { ...wrapped, score: (queries, ctx) => router.score(queries, ctx) } : wrapped;
}

/**
 * The decision with its models in another order. Scores become places, the number of models behind: what a rule puts in front
 * has no score that compares with the others'.
 */
function reordered(decision: Decision, ranked: readonly RankedModel[], kind: string, text: string): Decision {
  return {
    model: ranked[0]!.model,
    ranked: ranked.map((entry, i) => ({ ...entry, score: ranked.length - 1 - i })),
    reasons: [{ kind, text }, ...decision.reasons],
  };
}

/** The decision with one of its models in front, the others in order behind it. */
export const promoted = (decision: Decision, model: string, kind: string, text: string): Decision =>
  reordered(decision, inFront(decision.ranked, model), kind, text);

/** Sorts by score, the highest first; ties by the order of the router's models. */
export function byScore(models: readonly string[]): (a: RankedModel, b: RankedModel) => number {
  const place = new Map(models.map((model, m) => [model, m]));
  return (a, b) => b.score - a.score || place.get(a.model)! - place.get(b.model)!;
}

export const entryOf = (decision: Decision, model: string): RankedModel | undefined =>
  decision.ranked.find((entry) => entry.model === model);
