import type { Candidate } from '@routeprofile/schema';
import type { Endpoint } from '../contracts/endpoint.js';
import type { Report } from './problems.js';
import { readOverrides } from '../decide/variants.js';
import type { Route, Snapshot, Target } from './snapshot.js';

/** Goes before a route's name where a client asks for it as a model. */
const PREFIX = 'routeprofile/';
/** The route that clients get who leave the choice to the gateway. */
const AUTO = 'auto';
const DEFAULT_ROUTE = 'default';

/** All names that a request may give as its model, and what they stand for. */
export function nameTargets(
  routes: ReadonlyMap<string, Route>,
  candidates: ReadonlyMap<string, Candidate>,
  endpoints: ReadonlyMap<string, readonly Endpoint[]>,
  report: Report,
): Map<string, Target> {
  const targets = new Map<string, Target>();
  const add = (name: string, target: Target, path: string) => {
    if (targets.has(name)) report(path, `${name} already names another model`);
    else targets.set(name, target);
  };
  for (const route of routes.values()) {
    const target: Target = { kind: 'route', route };
    for (const alias of route.settings.aliases) add(alias, target, `routes.${route.name}.aliases`);
    add(PREFIX + route.name, target, `routes.${route.name}`);
  }
  const fallback = routes.get(DEFAULT_ROUTE) ?? (routes.size === 1 ? [...routes.values()][0] : undefined);
  if (fallback && !targets.has(AUTO)) targets.set(AUTO, { kind: 'route', route: fallback });
  for (const candidate of candidates.values())
    if (endpoints.has(candidate.id)) add(candidate.id, { kind: 'candidate', candidate }, `candidate ${candidate.id}`);
  return targets;
}

/** Claude Code says with it that it wants the longer context; it does not belong to a name. */
const CONTEXT_SUFFIX = /\[1m\]$/;

/**
 * What a request's model stands for; undefined for a name that nothing answers to. Options may follow the name of a route.
 * @param permits what is not permitted is as if it were not there
 * @throws RouteProfileError BAD_OPTION for options that there are not
 */
export function targetOf(
  { targets, variantOf }: Pick<Snapshot, 'targets' | 'variantOf'>,
  model: string,
  permits: (target: Target) => boolean = () => true,
): Target | undefined {
  const name = model.replace(CONTEXT_SUFFIX, '');
  const named = targets.get(model) ?? targets.get(name);
  if (named !== undefined) return permits(named) ? named : undefined;
  if (!name.includes('=')) return undefined;
  const read = readOverrides(name);
  const target = read && targets.get(read.name);
  return target?.kind === 'route' && permits(target)
    ? { kind: 'route', route: variantOf(target.route, read!.options) }
    : undefined;
}
