import { expectedLatency, type ModelLoad } from '@routeprofile/numerics';
import { explained, type Decision, type RankedModel, type Router } from '@routeprofile/schema';
import { byScore, entryOf, wrapDecisions } from './wrapped.js';

const NAME = 'load';

/** What waiting is worth, and what is known of it. */
export interface LoadSettings {
  /** How loaded each model is now; asked once per batch. A model that it lacks counts as quick as the quickest that it has. */
  load: () => ReadonlyMap<string, ModelLoad>;
  /** ν: what a second of waiting costs, in chances of being right (in score units where there are no chances); at least 0. */
  nu: number;
  /** Tokens that an answer is expected to have. */
  tokens: number | ((model: string) => number);
}

/**
 * Ranks models by their worth − ν · expected seconds: worth is the `value` that other wrappers gave, else the chance of being right, else the
 * score, as far as all models have it; the seconds are those of `expectedLatency`. Pricing what waiting costs at the moment of the choice is
 * what helps most under load (RouteBalance). At ν = 0 it is the router itself.
 */
export function withLoad(router: Router, { load, nu, tokens }: LoadSettings): Router {
  if (nu === 0) return router;
  const order = byScore(router.models);
  const tokensOf = typeof tokens === 'number' ? () => tokens : tokens;
  return wrapDecisions(
    router,
    () => {
      const seconds = new Map(
        [...load()].map(([model, now]) => [model, expectedLatency(now, tokensOf(model))] as const),
      );
      return seconds.size === 0 ? (decision) => decision : (decision) => priced(decision, nu, seconds, order);
    },
    { sameScores: false },
  );
}

const WORTHS = ['value', 'probability', 'score'] as const;

function priced(
  decision: Decision,
  nu: number,
  seconds: ReadonlyMap<string, number>,
  order: ReturnType<typeof byScore>,
): Decision {
  const known = decision.ranked.flatMap(({ model }) => seconds.get(model) ?? []);
  // Where nobody has answered yet there is nothing to weigh.
  if (known.length === 0) return decision;
  const quickest = Math.min(...known);
  const worth = WORTHS.find((name) => decision.ranked.every((entry) => entry[name] !== undefined)) ?? 'score';
  const takes = ({ model }: RankedModel) => seconds.get(model) ?? quickest;
  const ranked = decision.ranked
    .map((entry) => {
      const score = entry[worth]! - nu * takes(entry);
      return { ...entry, score, expectedLatency: takes(entry), ...(worth !== 'score' && { value: score }) };
    })
    .sort(order);
  const after = { ...decision, model: ranked[0]!.model, ranked };
  if (after.model === decision.model) return after;
  const said = (model: string) => `${model} (${takes(entryOf(after, model)!).toFixed(1)} s)`;
  return explained(
    after,
    NAME,
    `${said(after.model)} instead of ${said(decision.model)} at ν = ${nu} per second of waiting`,
  );
}
