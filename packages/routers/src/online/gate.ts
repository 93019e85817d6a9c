import type { Decision, RankedModel } from '@routeprofile/schema';
import type { Proven } from './evidence.js';

/**
 * The models that a learner may choose: the fitted router's choice, and those that are worth more than it on some scale by what is proven alone, whichever
 * hypothesis holds. A model of which nothing is proven has the router's word. So the choice is left only for cause, as in conservative bandits (Wu et al. 2016,
 * arXiv 1602.04282; Kazerouni et al. 2017, arXiv 1611.06426), and comes back when the cause has gone.
 * @param scales of this query, see `Evidence`
 * @param place of a model among the router's
 * @param worth shape [ranked], by the fitted router
 * @param chances shape [ranked], by the fitted router
 */
export function provenBetter(
  scales: readonly (readonly Proven[])[],
  { ranked, model: own }: Decision,
  place: ReadonlyMap<string, number>,
  worth: Float64Array,
  chances: Float64Array,
): Set<string> {
  const provenWorth = (i: number, proven: Proven) => worth[i]! + proven(place.get(ranked[i]!.model)!, chances[i]!);
  const better = ranked.filter((_, i) =>
    scales.some((hypotheses) => hypotheses.every((proven) => provenWorth(i, proven) > provenWorth(0, proven))),
  );
  return new Set([own, ...better.map(({ model }) => model)]);
}

/**
 * Best first, with the models that may not be chosen behind: where one would be ahead, it counts (`value`, `score`) as much as the best of those that may.
 * Its chance stays what was learned.
 */
export function openFirst(ranked: readonly RankedModel[], open: ReadonlySet<string>): RankedModel[] {
  const may = ranked.filter(({ model }) => open.has(model));
  const best = may.reduce((most, { score }) => Math.max(most, score), -Infinity);
  const behind = ranked.flatMap((entry) =>
    open.has(entry.model) ? [] : [entry.score > best ? { ...entry, score: best, value: best } : entry],
  );
  // Equals stay in this order.
  return [...may, ...behind].sort((a, b) => b.score - a.score);
}
