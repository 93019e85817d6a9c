import { constraintsWrapper } from '@routeprofile/routers';
import { parseOptions, whatLacks, type Offer, type Requirements } from '@routeprofile/schema';
import type { RequestRouter } from './request-router.js';

/**
 * What constraints demand of whoever answers, whatever the text. Undefined where they demand nothing, or let the best model answer where
 * nobody fulfils them (`onEmpty=best`).
 * @param options as `constraints` has them
 * @throws RouteProfileError BAD_OPTION
 */
export function demandOf(options: Readonly<Record<string, unknown>>): Requirements | undefined {
  const { json, tools, vision, region, local, outputTokens, onEmpty } = parseOptions(constraintsWrapper, {
    ...options,
  });
  if (onEmpty === 'best') return undefined;
  const demand: Requirements = {
    ...(json && { jsonMode: true }),
    ...(tools && { tools: true }),
    ...(vision && { vision: true }),
    ...(region !== undefined && { region }),
    ...(local && { local: true }),
    ...(outputTokens > 0 && { outputTokens }),
  };
  return Object.keys(demand).length > 0 ? demand : undefined;
}

/** What the constraints demand that a router was trained with. They hold whoever decides, also where the router is late or fails. */
export const trainedDemands = ({ wrappers = [] }: Pick<RequestRouter, 'wrappers'>): Requirements[] =>
  wrappers.flatMap(({ name, options }) => (name === 'constraints' ? (demandOf(options) ?? []) : []));

/**
 * What a candidate lacks for a request on a route; null when it may answer.
 * @param demands of the route, each for itself: two regions are fulfilled by nobody
 */
export function whatLacksOf(offer: Offer, requirements: Requirements, demands: readonly Requirements[]): string | null {
  const lack = whatLacks(offer, requirements);
  if (lack !== null) return lack;
  for (const demand of demands) {
    const outputTokens = Math.max(requirements.outputTokens ?? 0, demand.outputTokens ?? 0);
    const more = whatLacks(offer, { ...requirements, ...demand, ...(outputTokens > 0 && { outputTokens }) });
    if (more !== null) return more;
  }
  return null;
}
