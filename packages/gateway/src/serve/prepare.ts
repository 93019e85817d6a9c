import { messageOf, messageWithHint, RouteProfileError, type Decision } from '@routeprofile/schema';
import { targetOf } from '../config/names.js';
import type { KeyConfig } from '../config/config.js';
import type { Route, Snapshot, Target } from '../config/snapshot.js';
import type { RoutingRequest } from '../contracts/request.js';
import { atHome } from '../decide/at-home.js';
import { QueueFull } from '../decide/batched-router.js';
import { decide, pinned } from '../decide/decide.js';
import { planAttempts, type Plan } from '../plan.js';
import type { Asked, WireFormat } from '../wire/format.js';
import { personalDataIn } from '../wire/personal-data.js';
import { readRequest, routingText, type ReadRequest } from '../wire/read-request.js';
import { LOCAL_TENANT, type Serving } from './context.js';
import type { Exchange } from './exchange.js';
import { readJsonBody } from './read-body.js';
import { clientGone, Refused } from './refused.js';
import { derivedSession, sessionOf } from './session.js';
import { beginTurn, goingOn, watchesTurns, type TurnOfSession } from './going-on.js';
import { moving, staying, stayOf, whyMove, type Stay } from './stay.js';

/** A request that was read and decided on, before anybody is called. */
export interface Prepared {
  read: ReadRequest;
  routing: RoutingRequest;
  route: Route | undefined;
  decision: Decision;
  plan: Plan;
  /** Where the route keeps conversations together. */
  stay: Stay | undefined;
}

/** Who asks. */
export interface Asking {
  id: string;
  format: WireFormat;
  request: Exchange;
  key: KeyConfig | undefined;
}

/**
 * Reads a request and decides on it.
 * @throws Refused where it cannot be served, whoever is called
 */
export async function prepare(asking: Asking, serving: Serving): Promise<Prepared> {
  const { id, format, request, key } = asking;
  const { snapshot, health, load } = serving;
  const { text, body } = await readJsonBody(request, snapshot.config.limits);
  const read = readRequest(format, text, body);
  if (read.asked.unable) {
    const { name, why } = read.asked.unable;
    throw new Refused(400, 'unsupported_parameter', `${name} does not work through the gateway: ${why}. Leave it out.`);
  }
  const target = permitted(read.model, key, serving);
  const route = target.kind === 'route' ? serving.pacers.route(target.route, key) : undefined;
  if (format.wire === 'embeddings' && route) assertEmbeds(route, key, snapshot);
  const { asked, promptTokens, stream } = read;
  const personal = route?.keepsPersonalData ? await personalDataIn(asked.said) : [];
  const requirements = { ...read.requirements, ...(personal.length > 0 && { local: true }) };
  const session = sessionOf(request.headers, body);
  const routing: RoutingRequest = {
    id,
    wire: format.wire,
    route: route?.name ?? null,
    text: routingText(read, route?.settings.maxChars ?? 0, route?.router.sharedPrefixes),
    requirements,
    ...(session !== undefined && { session }),
    tenant: key?.id ?? LOCAL_TENANT,
    stream,
    tokens: { prompt: promptTokens, ...(asked.maxOutput !== undefined && { maxOutput: asked.maxOutput }) },
  };
  const stay =
    route !== undefined && format.wire !== 'embeddings'
      ? stayOf(route, routing.tenant, await conversationOf(route, session, asked), promptTokens, serving)
      : undefined;
  // Embeddings of a model that is only tried would compare with no others.
  const deciding = route && format.wire === 'embeddings' ? { ...route, router: route.still } : route;
  const chosen =
    target.kind === 'candidate'
      ? pinned(target.candidate.id)
      : await chosenBy({ route: deciding!, routing, stay, read, request }, serving);
  const decision = atHome(chosen, personal);
  const plan = planAttempts({
    ranked: decision.ranked.flatMap(({ model }) => snapshot.candidates.get(model) ?? []),
    endpointsOf: (candidate) => snapshot.endpoints.get(candidate) ?? [],
    wire: format.wire,
    requirements,
    demands: route?.demands ?? [],
    usable: (endpoint) => health.usable(endpoint),
    full: (endpoint) => load.full(endpoint),
    ...(snapshot.config.endpointOrder === 'load' && {
      order: (endpoints) => load.order(endpoints, id, session),
    }),
    most: snapshot.config.attempts,
  });
  assertBound(read, target, plan);
  return { read, routing, route, decision, plan, stay };
}

/**
 * Vectors of two models do not compare, so that a route must be meant for embeddings as a whole.
 * @throws Refused 400
 */
function assertEmbeds({ name, router }: Route, key: KeyConfig | undefined, { endpoints, targets }: Snapshot): void {
  const embeds = (candidate: string) => endpoints.get(candidate)?.some(({ wires }) => wires.includes('embeddings'));
  const others = router.models.filter((model) => endpoints.has(model) && !embeds(model));
  if (others.length === 0) return;
  const able = [...endpoints.keys()].filter((id) => embeds(id) && mayUse(key, targets.get(id)));
  const instead =
    able.length === 0
      ? 'No model of this gateway does: give one an endpoint with `wires: [embeddings]`.'
      : `Name a candidate that does: ${able.join(', ')}.`;
  throw new Refused(
    400,
    'no_candidate',
    `The route ${name} cannot make embeddings, as these of its candidates do not: ${others.join(', ')}. ${instead}`,
  );
}

const conversationOf = async ({ settings }: Route, named: string | undefined, asked: Asked) =>
  settings.session && (named === undefined ? `begun ${await derivedSession(asked)}` : `named ${named}`);

/** Who has answered the conversation, or whom the router chooses. */
async function chosenBy(turn: TurnOfSession, serving: Serving): Promise<Decision> {
  const { route, routing, stay, request } = turn;
  const fresh = () => decided(route, routing, request.signal, serving);
  if (stay === undefined) return fresh();
  beginTurn(turn, stay);
  const { pin } = stay;
  if (pin === undefined) return fresh();
  const why = whyMove(pin.model, route, routing.wire, routing.requirements, serving);
  if (why !== null) return moving(await fresh(), pin, why);
  // A conversation under way is not what models are tried on.
  const still = () => decided({ ...route, router: route.still }, routing, request.signal, serving);
  return watchesTurns(route) ? goingOn(turn, stay, pin, still, serving) : staying(pin);
}

/** @throws Refused 400 for options behind a name that there are not */
function namedTarget(snapshot: Snapshot, model: string, key: KeyConfig | undefined): Target | undefined {
  try {
    return targetOf(snapshot, model, (target) => mayUse(key, target));
  } catch (error) {
    if (!RouteProfileError.isInstance(error)) throw error;
    throw new Refused(400, 'bad_option', messageWithHint(error));
  }
}

/** What a key may ask for by that name. @throws Refused 400, 404 */
export function permitted(model: string, key: KeyConfig | undefined, { snapshot }: Serving): Target {
  const target = namedTarget(snapshot, model, key);
  if (target !== undefined) return target;
  const names = [...snapshot.targets].flatMap(([name, one]) => (mayUse(key, one) ? [name] : []));
  const asked =
    model === '' ? 'The request names no model.' : `There is no model called ${JSON.stringify(model.slice(0, 200))}.`;
  throw new Refused(404, 'model_not_found', `${asked} Use one of: ${names.join(', ')}.`);
}

/** Whether a key may ask for that. */
export const mayUse = (key: KeyConfig | undefined, target: Target | undefined): boolean =>
  key?.routes === undefined || (target?.kind === 'route' && key.routes.includes(target.route.name));

/** @throws Refused 400 where no model may answer, 503 where the router fails */
async function decided(
  { router, settings, name }: Route,
  { id, text, requirements: own, wire }: RoutingRequest,
  signal: AbortSignal,
  { clock, logger }: Serving,
): Promise<Decision> {
  const failed = (error: unknown) => logger?.warn(`the router of ${name} failed: ${messageOf(error)}`);
  const requirements = { ...own, wire };
  try {
    return await decide({ router, text, id, requirements, signal, failed, ...settings }, clock);
  } catch (error) {
    if (signal.aborted) throw clientGone();
    if (RouteProfileError.isInstance(error) && error.code === 'UNSUPPORTED')
      throw new Refused(
        400,
        'no_candidate',
        `No model of the route ${name} has what this request needs (${(error.details.length > 0 ? error.details : [error.message]).join(', ')}). Send one that needs less, or name another route.`,
      );
    if (error instanceof QueueFull)
      throw new Refused(503, 'router_busy', `${error.message}. Name a model, or try again later.`, {
        'retry-after': '1',
      });
    failed(error);
    throw new Refused(503, 'router_failed', 'The router could not decide. Name a model, or try again later.');
  }
}

/** An earlier answer, or whatever else was stored, is known where that was done and nowhere else. @throws Refused 400 */
function assertBound({ asked }: ReadRequest, target: Target, { attempts, cooling, full }: Plan): void {
  if (asked.boundTo === undefined) return;
  if (target.kind === 'candidate' && attempts.length + cooling.length + full.length === 1) return;
  throw new Refused(
    400,
    'unsupported_parameter',
    `${asked.boundTo} only works at the server that stored what it names. Send the whole conversation, or name a model that has one endpoint.`,
  );
}
