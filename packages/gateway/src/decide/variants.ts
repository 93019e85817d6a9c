import { parseNamedReference, RouteProfileError } from '@routeprofile/schema';
import type { Route } from '../config/snapshot.js';
import { createRecent } from '../recent.js';
import { keepsPersonalData, lambdaOf, servedWrapper } from './wrappers.js';

/** What a model's name may ask of a route, and whose option it is. */
const OVERRIDES = {
  lambda: 'cost',
  json: 'constraints',
  tools: 'constraints',
  vision: 'constraints',
  region: 'constraints',
  local: 'constraints',
  outputTokens: 'constraints',
  pii: 'constraints',
} as const;
/** Names of the options that may follow a route's name. */
const OVERRIDE_NAMES: readonly string[] = Object.keys(OVERRIDES);

/** Variants that are kept; another one is made anew, which costs next to nothing. */
const MOST_VARIANTS = 64;

/** A model's name with options behind it: `auto:lambda=2`, `routeprofile/cheap:region=eu,tools=true`; undefined for one without. */
export function readOverrides(model: string): { name: string; options: Record<string, unknown> } | undefined {
  // A comma separates too, where another option follows.
  const { name, options } = parseNamedReference(model.replace(/,(?=[A-Za-z][A-Za-z0-9-]*=)/g, ':'));
  return Object.keys(options).length === 0 ? undefined : { name, options };
}

/**
 * Routes as requests ask for them: what a name says is put around the route, so that it can make choices stricter, never undo what the
 * route demands.
 * @returns makes a variant of a route, or gives the one that is there; throws RouteProfileError BAD_OPTION for an option that there is not
 */
export function createVariants(): (route: Route, options: Record<string, unknown>) => Route {
  const variants = createRecent<string, Route>(MOST_VARIANTS);
  return (route, options) => {
    const given = Object.keys(options).sort();
    const key = JSON.stringify([route.name, given.map((name) => [name, options[name]])]);
    const known = variants.get(key);
    if (known) return known;
    const unknown = given.filter((name) => !Object.hasOwn(OVERRIDES, name));
    if (unknown.length > 0)
      throw new RouteProfileError('BAD_OPTION', `${route.name} has no option ${unknown.join(', ')}`, {
        hint: `Options: ${OVERRIDE_NAMES.join(', ')}.`,
      });
    const of = (kind: 'cost' | 'constraints') => {
      const own = given.filter((name) => OVERRIDES[name as keyof typeof OVERRIDES] === kind);
      const chosen = Object.fromEntries(own.map((name) => [name, options[name]]));
      return own.length === 0 ? [] : [servedWrapper(kind, chosen, route.router)];
    };
    const around = [...of('cost'), ...of('constraints')];
    const variant: Route = {
      ...route,
      ...route.wrappedBy(around),
      keepsPersonalData: route.keepsPersonalData || keepsPersonalData(route.router, around),
      demands: [...route.demands, ...around.flatMap(({ demand }) => demand ?? [])],
      overrides: options,
      lambda: lambdaOf(around) ?? route.lambda,
      wrappedBy: (more, added) => route.wrappedBy([...around, ...more], added),
    };
    variants.set(key, variant);
    return variant;
  };
}
