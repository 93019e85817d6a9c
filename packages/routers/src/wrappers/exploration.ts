import { createRandom, explained, inFront, type Decision, type Router } from '@routeprofile/schema';
import {
  chancesOf,
  checkedSettings,
  NAME,
  type ExplorationSettings,
  type ExploredModel,
} from './exploration-chances.js';
import { wrapDecisions, type WrappedRouter } from './wrapped.js';

/**
 * The router that now and then chooses a model which is nearly the best, so that its log tells what other choices would have been
 * worth: models are drawn by `explorationOf`, and `propensity` is the chance of the drawn one, 1 where nothing is drawn. Only models that the
 * decision ranks come into question: what constraints inside rule out stays ruled out.
 *
 * The draw is a hash of the seed and the query's id (`QueryBatch.ids`), or its text where there are no ids: it can be replayed, and
 * depends neither on the batch nor on what was asked before. Without ids a text that comes again is drawn the same. Goes outermost, around all
 * other wrappers, as one around it would change a choice whose chance nobody knew then.
 *
 * @param settings with `seed`, a non-negative safe integer: another one draws others
 * @throws RouteProfileError BAD_OPTION; UNSUPPORTED from `decide` for decisions without chances, unless `unit` is `score`, and for a
 *   router that draws its choices already
 */
export function withExploration(
  router: Router,
  { seed, ...settings }: ExplorationSettings & { seed: number },
): WrappedRouter {
  const checked = checkedSettings(settings);
  const unit = checked.unit === 'score' ? 'score' : 'chance of being right';
  return wrapDecisions(
    router,
    ({ ids, texts }) =>
      (decision, q) => {
        const explored = chancesOf(decision, checked);
        if (explored.length === 1) return { ...decision, propensity: 1 };
        const at = createRandom(seed, NAME, ids?.[q] ?? texts[q]!).float();
        const among = `among ${explored.length} models that are worth at most ${checked.within} less than the best (${unit})`;
        return drawnFrom(decision, explored, at, NAME, among);
      },
    { sameScores: true },
  );
}

/**
 * The decision with the drawn model first, the others in their order behind it, and its chance.
 * @param explored models that come into question; their chances sum to 1
 * @param at uniform in [0, 1)
 * @param kind of the reason that says so
 * @param among what was drawn from, for people
 */
export function drawnFrom(
  decision: Decision,
  explored: readonly ExploredModel[],
  at: number,
  kind: string,
  among: string,
): Decision {
  const drawn = drawOf(explored, at);
  const ranked = inFront(decision.ranked, drawn.model);
  const less = drawn.model === decision.model ? '' : `; ${decision.model} is worth ${drawn.loss.toFixed(3)} more`;
  const text = `${drawn.model} was drawn with chance ${drawn.chance.toFixed(3)} ${among}${less}`;
  return { ...explained({ ...decision, model: drawn.model, ranked }, kind, text), propensity: drawn.chance };
}

function drawOf(explored: readonly ExploredModel[], at: number): ExploredModel {
  let left = at;
  for (const each of explored) {
    left -= each.chance;
    if (left < 0) return each;
  }
  // Chances sum to 1 but for rounding.
  return explored[explored.length - 1]!;
}
