import { messageOf, RouteProfileError, type Decision } from '@routeprofile/schema';
import { targetOf } from '../config/names.js';
import type { KeyConfig } from '../config/config.js';
import type { Route, Target } from '../config/snapshot.js';
import type { RoutingRequest } from '../contracts/request.js';
import { decide, pinned } from '../decide/decide.js';
import { planAttempts, type Plan } from '../plan.js';
import type { WireFormat } from '../wire/format.js';
import { readRequest, routingText, type ReadRequest } from '../wire/read-request.js';
import { LOCAL_TENANT, type Serving } from './context.js';
import type { Exchange } from './exchange.js';
import { readJsonBody } from './read-body.js';
import { clientGone, Refused } from './refused.js';
import { sessionOf } from './session.js';

/** A request that was read and decided on, before anybody is called. */
export interface Prepared {
  read: ReadRequest;
  routing: RoutingRequest;
  route: Route | undefined;
  decision: Decision;
  plan: Plan;
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
  const { snapshot, health } = serving;
  const { text, body } = await readJsonBody(request, snapshot.config.limits);
  const read = readRequest(format, text, body);
  const target = permitted(read.model, key, serving);
  const route = target.kind === 'route' ? target.route : undefined;
  const { requirements, asked, promptTokens, stream } = read;
  const session = sessionOf(request.headers, body);
  const routing: RoutingRequest = {
    id,
    wire: format.wire,
    route: route?.name ?? null,
    text: routingText(read, route?.settings.maxChars ?? 0),
    requirements,
    ...(session !== undefined && { session }),
    tenant: key?.id ?? LOCAL_TENANT,
    stream,
    tokens: { prompt: promptTokens, ...(asked.maxOutput !== undefined && { maxOutput: asked.maxOutput }) },
  };
  const decision =
    target.kind === 'candidate'
      ? pinned(target.candidate.id)
      : await decided(target.route, routing, request.signal, serving);
  const plan = planAttempts({
    ranked: decision.ranked.flatMap(({ model }) => snapshot.candidates.get(model) ?? []),
    endpointsOf: (candidate) => snapshot.endpoints.get(candidate) ?? [],
    wire: format.wire,
    requirements,
    usable: (endpoint) => health.usable(endpoint),
    most: snapshot.config.attempts,
  });
  assertBound(read, target, plan);
  return { read, routing, route, decision, plan };
}

/** What a key may ask for by that name. @throws Refused 404 */
function permitted(model: string, key: KeyConfig | undefined, { snapshot }: Serving): Target {
  const target = targetOf(snapshot.targets, model);
  if (target !== undefined && mayUse(key, target)) return target;
  const names = [...snapshot.targets].flatMap(([name, one]) => (mayUse(key, one) ? [name] : []));
  const asked =
    model === '' ? 'The request names no model.' : `There is no model called ${JSON.stringify(model.slice(0, 200))}.`;
  throw new Refused(404, 'model_not_found', `${asked} Use one of: ${names.join(', ')}.`);
}

/** Whether a key may ask for that. */
export const mayUse = (key: KeyConfig | undefined, target: Target): boolean =>
  key?.routes === undefined || (target.kind === 'route' && key.routes.includes(target.route.name));

/** @throws Refused 400 where no model may answer, 503 where the router fails */
async function decided(
  { router, settings, name }: Route,
  { text, requirements }: RoutingRequest,
  signal: AbortSignal,
  { clock, logger }: Serving,
): Promise<Decision> {
  const failed = (error: unknown) => logger?.warn(`the router of ${name} failed: ${messageOf(error)}`);
  try {
    return await decide({ router, text, requirements, signal, failed, ...settings }, clock);
  } catch (error) {
    if (signal.aborted) throw clientGone();
    if (RouteProfileError.isInstance(error) && error.code === 'UNSUPPORTED')
      throw new Refused(400, 'no_candidate', [error.message, ...error.details].join('; '));
    failed(error);
    throw new Refused(503, 'router_failed', 'The router could not decide. Name a model, or try again later.');
  }
}

/** An earlier answer is stored where it was made; nobody else knows it. @throws Refused 400 */
function assertBound({ asked }: ReadRequest, target: Target, { attempts, cooling }: Plan): void {
  if (asked.boundTo === undefined) return;
  if (target.kind === 'candidate' && attempts.length + cooling.length === 1) return;
  throw new Refused(
    400,
    'unsupported_parameter',
    `${asked.boundTo} only works at the server that stored the earlier answer. Send the whole conversation, or name a model that has one endpoint.`,
  );
}
