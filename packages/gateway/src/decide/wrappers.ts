import {
  constraintsWrapper,
  withConstraints,
  withCost,
  withLikeAlternatives,
  withLoad,
  type ConstraintsOptions,
} from '@routeprofile/routers';
import {
  parseNamedReference,
  unknownName,
  parseOptions,
  RouteProfileError,
  z,
  type Offer,
  type Requirements,
  type Router,
  type RunContext,
} from '@routeprofile/schema';
import type { MeasuredLoad } from '../load/endpoint-load.js';
import { demandOf, trainedDemands } from './demands.js';
import type { RequestRouter } from './request-router.js';

/** Something around a router that was fitted before, which learns nothing. */
export interface ServedWrapper {
  name: string;
  wrap(router: Router): Router;
  /** Whether requests with personal data are to stay on models that run locally. */
  keepsPersonalData: boolean;
  /** What it demands of whoever answers, also where the router is late or fails. */
  demand?: Requirements;
  /** Of `cost`: what a dollar is worth. */
  lambda?: number;
}

/** Wrappers of a saved router whose decisions say what each call is expected to cost. */
const PRICED = /\+(calibrate\+)?(cost|estimate|threshold|cascade|parity)\b/;

/** Why costs cannot be weighed in a router's decisions; null where they can. */
export const whyUnpriced = ({ strategy }: Pick<RequestRouter, 'strategy'>): string | null =>
  PRICED.test(strategy) ? null : `the router ${strategy} does not say what a call is expected to cost`;

const costOptions = z.strictObject({ lambda: z.number().min(0) });
const loadOptions = z.strictObject({
  /** ν: chances of being right that a second of waiting costs. */
  nu: z.number().min(0),
  /** Tokens of an answer. Default: as those before had; before there are any, 300. */
  tokens: z.number().min(0).optional(),
});
const fallbackOptions = z.strictObject({ next: z.enum(['score', 'profile']).default('score') });

const refused = (message: string, hint: string) => new RouteProfileError('BAD_OPTION', message, { hint });

/** @param lambda asked once per decision */
const costAt = (lambda: number | (() => number)): ServedWrapper => ({
  name: 'cost',
  wrap: (router) => withCost(router, { lambda, instead: true }),
  keepsPersonalData: false,
});

function costOf(options: Record<string, unknown>, router: RequestRouter): ServedWrapper {
  const solved = ['budget', 'within'].find((name) => Object.hasOwn(options, name));
  if (solved !== undefined)
    throw refused(
      `cost: ${solved} is found on training rows, which a saved router does not hold`,
      `Train the router with +cost:${solved}=${String(options[solved])}, or give lambda here.`,
    );
  const { lambda } = parseOptions({ name: 'cost', options: costOptions }, options);
  const unpriced = whyUnpriced(router);
  if (unpriced !== null) throw refused(`cost: ${unpriced}`, 'Train it with +estimate or +cost.');
  return { ...costAt(lambda), lambda };
}

/**
 * Wrappers with λ that moves: what the outermost `cost` among them says and what budgets add. Without one it is put around all of them but
 * `load`, which takes its seconds off what costs have left: outside of it λ would give them back.
 * @param added what budgets add to λ, asked once per decision
 */
export function withMovingLambda(around: readonly ServedWrapper[], added: () => number): ServedWrapper[] {
  const outermost = around.findLastIndex(({ name }) => name === 'cost');
  const said = around[outermost];
  if (said)
    return around.with(
      outermost,
      costAt(() => (said.lambda ?? 0) + added()),
    );
  const load = around.findIndex(({ name }) => name === 'load');
  return around.toSpliced(load < 0 ? around.length : load, 0, costAt(added));
}

function constraintsOf(options: Record<string, unknown>, { candidates }: RequestRouter): ServedWrapper {
  const settings: ConstraintsOptions = parseOptions(constraintsWrapper, options);
  const offers = Object.fromEntries(candidates.map(({ id, ...offer }): [string, Offer] => [id, offer]));
  const demand = demandOf(options);
  return {
    name: 'constraints',
    wrap: (router) => withConstraints(router, offers, settings),
    keepsPersonalData: settings.pii,
    ...(demand && { demand }),
  };
}

/** A plan goes through the ranking, by which the next by score stands in anyway. */
function fallbackOf(options: Record<string, unknown>, { likeness, strategy }: RequestRouter): ServedWrapper {
  const { next } = parseOptions({ name: 'fallback', options: fallbackOptions }, options);
  if (next === 'profile' && likeness === undefined)
    throw refused(
      `fallback: next=profile needs profiles, which the router ${strategy} does not hold`,
      'Train it with +fallback:next=profile.',
    );
  const alike = next === 'profile' ? likeness : undefined;
  return {
    name: 'fallback',
    wrap: (router) => (alike ? withLikeAlternatives(router, alike) : router),
    keepsPersonalData: false,
  };
}

/** Tokens of an answer where nobody knows. */
const TOKENS = 300;

function loadOf(
  options: Record<string, unknown>,
  { models }: RequestRouter,
  { loadOf: measured }: WrapperFacts,
): ServedWrapper {
  const { nu, tokens } = parseOptions({ name: 'load', options: loadOptions }, options);
  if (measured === undefined)
    throw refused('load: nobody measures how loaded models are here', 'Leave it out; the gateway measures it.');
  const load = () =>
    new Map(
      models.flatMap((model) => {
        const now = measured(model);
        return now ? [[model, now] as const] : [];
      }),
    );
  const tokensOf = (model: string) => tokens ?? measured(model)?.tokens ?? TOKENS;
  return { name: 'load', wrap: (router) => withLoad(router, { load, nu, tokens: tokensOf }), keepsPersonalData: false };
}

/** What wrappers may know of what happens while serving. */
export interface WrapperFacts {
  /** How loaded a candidate is; undefined before its first answer. */
  loadOf?: (candidate: string) => MeasuredLoad | undefined;
}

const KINDS = { constraints: constraintsOf, cost: costOf, fallback: fallbackOf, load: loadOf } as const;
type Kind = keyof typeof KINDS;

/** @throws RouteProfileError BAD_OPTION for options that it does not have, or cannot have around this router */
export const servedWrapper = (
  name: Kind,
  options: Record<string, unknown>,
  router: RequestRouter,
  facts: WrapperFacts = {},
): ServedWrapper => KINDS[name](options, router, facts);

/**
 * A wrapper as a configuration names it: `constraints:pii=true`, `cost:lambda=2`, `load:nu=0.01`, `fallback:next=score`.
 * @throws RouteProfileError BAD_OPTION, UNKNOWN_NAME
 */
export function readWrapper(reference: string, router: RequestRouter, facts?: WrapperFacts): ServedWrapper {
  const { name, options } = parseNamedReference(reference);
  if (!Object.hasOwn(KINDS, name))
    throw unknownName(`no wrapper called ${name} goes around a router that is being served`, {
      written: name,
      names: Object.keys(KINDS),
      hint: `Those that do: ${Object.keys(KINDS).join(', ')}. All others learn something: train the router with them.`,
    });
  return servedWrapper(name as Kind, options, router, facts);
}

/** λ of the outermost `cost`, which takes the place of others; undefined without one. */
export const lambdaOf = (around: readonly ServedWrapper[]): number | undefined =>
  around.findLast(({ lambda }) => lambda !== undefined)?.lambda;

/** The router inside, as wrappers see it. */
const asRouter = (router: RequestRouter): Router => ({
  models: router.models,
  decide: ({ texts, ids, requirements }, ctx) =>
    router.route(texts, {
      ...(requirements && { requirements }),
      ...(ids && { ids }),
      ...(ctx?.signal && { signal: ctx.signal }),
    }),
  save: () => Promise.reject(new RouteProfileError('UNSUPPORTED', 'a router that is being served is not saved again')),
});

/** @param wrappers innermost first */
export function wrapRouter(router: RequestRouter, wrappers: readonly ServedWrapper[]): RequestRouter {
  if (wrappers.length === 0) return router;
  const outer = wrappers.reduce((inner, wrapper) => wrapper.wrap(inner), asRouter(router));
  return {
    ...router,
    strategy: [router.strategy, ...wrappers.map(({ name }) => name)].join('+'),
    route(texts, { requirements, ids, signal } = {}) {
      const ctx: RunContext = { seed: 0, ...(signal && { signal }) };
      return outer.decide({ texts, ...(ids && { ids }), ...(requirements && { requirements }) }, ctx);
    },
  };
}

/** Whether a router, by the wrappers that it was trained with or those around it, keeps personal data at home. */
export const keepsPersonalData = ({ wrappers = [] }: RequestRouter, around: readonly ServedWrapper[]): boolean =>
  wrappers.some(({ name, options }) => name === 'constraints' && options['pii'] === true) ||
  around.some((wrapper) => wrapper.keepsPersonalData);

/** All that a router demands of whoever answers, by the wrappers that it was trained with and those around it. */
export const demandsOf = (router: RequestRouter, around: readonly ServedWrapper[]): Requirements[] => [
  ...trainedDemands(router),
  ...around.flatMap(({ demand }) => demand ?? []),
];
