import { assertUsableKey } from '@routeprofile/providers';
import { issueText, messageWithHint, RouteProfileError, type Candidate } from '@routeprofile/schema';
import { systemClock, type Clock } from '../clock.js';
import type { Endpoint, EndpointSettings } from '../contracts/endpoint.js';
import { noSecret, type SecretReader } from '../contracts/secret.js';
import type { EndpointWire } from '../contracts/wire.js';
import { whatLacksOf } from '../decide/demands.js';
import type { RequestRouter } from '../decide/request-router.js';
import { createVariants } from '../decide/variants.js';
import { demandsOf, keepsPersonalData, lambdaOf, readWrapper, type WrapperFacts } from '../decide/wrappers.js';
import { checkBudgets } from '../money/check-budgets.js';
import { checkSessions } from '../session/check-sessions.js';
import { BUILT_IN_MONITORS } from '../session/monitors.js';
import { isFields } from '../wire/format.js';
import { WIRES } from '../wire/formats.js';
import { gatewayConfigSchema, routeSchema, type GatewayConfig } from './config.js';
import { fixedHeaders, type FixedHeaders } from './fixed-headers.js';
import type { LiveFacts } from './live-facts.js';
import { nameTargets } from './names.js';
import { routersOf } from './routers-of-route.js';
import { problems, type Report } from './problems.js';
import type { OpenedConfig, Route, Snapshot } from './snapshot.js';

/**
 * Checks a configuration and looks up all that it names.
 * @param given as it was written
 * @param clock default: the platform's
 * @param live default: nothing, so that nothing is learned or watched
 * @param monitors of conversations, by name. Default: those that are built in
 * @throws RouteProfileError BAD_OPTION with every problem in `details`; none repeats a secret
 */
export function openConfig(
  given: unknown,
  routers: Readonly<Record<string, RequestRouter>>,
  secretOf: SecretReader,
  clock: Clock = systemClock,
  live: LiveFacts = {},
  monitors: readonly string[] = BUILT_IN_MONITORS.map(({ name }) => name),
): OpenedConfig {
  const parsed = gatewayConfigSchema.safeParse(given);
  if (!parsed.success) throw problems(parsed.error.issues.map(issueText));
  const config = parsed.data;
  const found: string[] = [];
  const report: Report = (path, problem) => void found.push(`${path}: ${problem}`);

  /** Endpoints are opened after the routes whose requests they answer. */
  let endpointsOf: (candidate: string) => readonly Endpoint[] = () => [];
  const { loadOfModel } = live;
  const loadOf = loadOfModel && ((candidate: string) => loadOfModel(endpointsOf(candidate)));
  const routes = openRoutes(config, routers, clock, live, { loadOf }, report);
  const candidates = new Map(
    [...routes.values()].flatMap(({ router }) => router.candidates.map((one): [string, Candidate] => [one.id, one])),
  );
  assertSameCandidates(routes, report);
  const { endpoints, addresses, headers, secrets } = openEndpoints(config, candidates, secretOf, report);
  endpointsOf = (candidate) => endpoints.get(candidate) ?? [];
  for (const { name, router, settings, demands } of routes.values()) {
    if (!router.models.some((model) => endpoints.has(model)))
      report(`routes.${name}`, `none of its candidates has an endpoint: ${router.models.join(', ')}`);
    const { onLate, deadlineMs } = settings;
    if (onLate !== undefined && !endpoints.has(onLate)) report(`routes.${name}.onLate`, `${onLate} has no endpoint`);
    const late = onLate === undefined ? undefined : candidates.get(onLate);
    const lack = late ? whatLacksOf(late, {}, demands) : null;
    if (lack !== null)
      report(`routes.${name}.onLate`, `${onLate} is ${lack}, which the route demands of whoever answers`);
    if (deadlineMs !== undefined && onLate === undefined)
      report(`routes.${name}.deadlineMs`, 'says when the router is late, but `onLate` does not say who answers then');
  }
  const targets = nameTargets(routes, candidates, endpoints, report);
  const clientSecrets = openKeys(config, routes, secretOf, report);
  checkSessions(routes, endpoints, monitors, report);
  checkBudgets(config, routes, candidates, endpoints, report);
  if (found.length > 0) throw problems(found);
  const variantOf = createVariants();
  const snapshot: Snapshot = {
    config,
    keys: config.keys,
    routes,
    candidates,
    endpoints,
    addresses,
    headers,
    secrets,
    targets,
    variantOf,
  };
  return { snapshot, clientSecrets };
}

function openRoutes(
  config: GatewayConfig,
  routers: Readonly<Record<string, RequestRouter>>,
  clock: Clock,
  live: LiveFacts,
  facts: WrapperFacts,
  report: Report,
): Map<string, Route> {
  const { routes } = config;
  const names = Object.keys(routers);
  if (names.length === 0) report('routes', 'there is no router; give at least one');
  for (const name of Object.keys(routes))
    if (!Object.hasOwn(routers, name)) report(`routes.${name}`, `has no router; there are: ${names.join(', ')}`);
  return new Map(
    Object.entries(routers).map(([name, router]) => {
      const settings = Object.hasOwn(routes, name) ? routes[name]! : routeSchema.parse({});
      const around = settings.wrappers.flatMap((reference, i) => {
        try {
          return [readWrapper(reference, router, facts)];
        } catch (error) {
          if (!RouteProfileError.isInstance(error)) throw error;
          report(`routes.${name}.wrappers.${i}`, messageWithHint(error));
          return [];
        }
      });
      const kept = keepsPersonalData(router, around);
      const demands = demandsOf(router, around);
      const lambda = lambdaOf(around) ?? router.cost?.lambda;
      const routersOfIt = routersOf({ name, router, settings, around, config, clock, live, report });
      return [name, { name, ...routersOfIt, settings, keepsPersonalData: kept, demands, lambda }];
    }),
  );
}

/** What is called and charged for a candidate; two routes must mean the same by one id. */
const FACTS = ['model', 'params', 'price', 'limits', 'capabilities'] as const;

/** A value as JSON in which the order of members does not matter. */
const asText = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    isFields(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
  ) ?? '';

function assertSameCandidates(routes: ReadonlyMap<string, Route>, report: Report): void {
  const first = new Map<string, { candidate: Candidate; route: string }>();
  for (const { name, router } of routes.values())
    for (const candidate of router.candidates) {
      const known = first.get(candidate.id);
      if (known === undefined) {
        first.set(candidate.id, { candidate, route: name });
        continue;
      }
      const differs = FACTS.filter((fact) => asText(candidate[fact]) !== asText(known.candidate[fact]));
      if (differs.length > 0)
        report(
          `routes.${name}`,
          `its candidate ${candidate.id} is not that of routes.${known.route} (${differs.join(', ')}); train both routers with the same candidates, or give one another id`,
        );
    }
}

function openEndpoints(
  config: GatewayConfig,
  candidates: ReadonlyMap<string, Candidate>,
  secretOf: SecretReader,
  report: Report,
) {
  const endpoints = new Map<string, Endpoint[]>();
  const addresses = new Map<string, Partial<Record<EndpointWire, URL>>>();
  const headers = new Map<string, Partial<Record<EndpointWire, FixedHeaders>>>();
  const secrets = new Map<string, string>();
  const ids = new Set<string>();
  config.endpoints.forEach((settings, i) => {
    const path = `endpoints.${i}`;
    const candidate = candidates.get(settings.candidate);
    if (candidate === undefined)
      return report(
        `${path}.candidate`,
        `no router knows ${settings.candidate}; they know ${[...candidates.keys()].join(', ')}`,
      );
    const id = idOf(settings, ids);
    if (ids.has(id)) return report(`${path}.id`, `${id} names two endpoints`);
    ids.add(id);
    const secret = settings.key && secretOfKey(settings.key, `${path}.key`, secretOf, report);
    if (secret !== undefined) secrets.set(id, secret);
    addresses.set(id, addressesOf(settings));
    headers.set(
      id,
      byWire(settings.wires, (wire) => fixedHeaders(settings, WIRES[wire], secret)),
    );
    const endpoint = { ...settings, id, model: settings.model ?? candidate.model };
    endpoints.set(candidate.id, [...(endpoints.get(candidate.id) ?? []), endpoint]);
  });
  return { endpoints, addresses, headers, secrets };
}

const byWire = <T>(wires: readonly EndpointWire[], of: (wire: EndpointWire) => T): Partial<Record<EndpointWire, T>> =>
  Object.fromEntries(wires.map((wire) => [wire, of(wire)]));

/** The address of each wire, below the base URL. */
function addressesOf({ baseUrl, wires }: EndpointSettings): Partial<Record<EndpointWire, URL>> {
  const base = new URL(baseUrl);
  const below = base.pathname.replace(/\/+$/, '');
  return byWire(wires, (wire) => new URL(`${below}/${WIRES[wire].path}${base.search}`, base));
}

/** The id of the configuration, or candidate and host, numbered where there are several. */
function idOf({ id, candidate, baseUrl }: EndpointSettings, taken: ReadonlySet<string>): string {
  if (id !== undefined) return id;
  const name = `${candidate} at ${new URL(baseUrl).host}`;
  for (let n = 2, numbered = name; ; n++) {
    if (!taken.has(numbered)) return numbered;
    numbered = `${name} (${n})`;
  }
}

/** @returns undefined after a report */
function secretOfKey(reference: string, path: string, secretOf: SecretReader, report: Report): string | undefined {
  try {
    const secret = secretOf(reference);
    if (secret === undefined) report(path, noSecret(reference));
    else assertUsableKey(secret, { who: reference, baseUrl: '', apiKey: reference });
    return secret;
  } catch (error) {
    if (!RouteProfileError.isInstance(error)) throw error;
    report(path, messageWithHint(error));
    return undefined;
  }
}

function openKeys(
  { keys }: GatewayConfig,
  routes: ReadonlyMap<string, Route>,
  secretOf: SecretReader,
  report: Report,
): Map<string, string> {
  const secrets = new Map<string, string>();
  keys.forEach((key, i) => {
    const path = `keys.${i}`;
    for (const name of key.routes ?? [])
      if (!routes.has(name))
        report(`${path}.routes`, `there is no route ${name}; there are: ${[...routes.keys()].join(', ')}`);
    if (keys.findIndex(({ id }) => id === key.id) < i) report(`${path}.id`, `${key.id} names two keys`);
    const secret = secretOfKey(key.key, `${path}.key`, secretOf, report);
    if (secret === undefined) return;
    const twin = [...secrets].find(([, known]) => known === secret)?.[0];
    if (twin !== undefined) report(`${path}.key`, `is the same secret as that of ${twin}`);
    secrets.set(key.id, secret);
  });
  return secrets;
}
