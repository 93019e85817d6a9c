import { messageOf, type Logger } from '@routeprofile/schema';
import { systemClock, type Clock } from '../clock.js';
import type { GatewayConfigInput, KeyConfig } from '../config/config.js';
import { openConfig } from '../config/open-config.js';
import { environmentSecrets, type SecretReader } from '../contracts/secret.js';
import type { StateStore } from '../contracts/store.js';
import type { Upstream } from '../contracts/upstream.js';
import type { EndpointWire } from '../contracts/wire.js';
import type { RequestRouter } from '../decide/request-router.js';
import { createSessionPins } from '../decide/session-pins.js';
import { createHealth } from '../health.js';
import { WIRES } from '../wire/formats.js';
import { answer } from './answer.js';
import type { Serving } from './context.js';
import { createKeyring } from './keyring.js';
import { dryRun, listModels, showDecision, showReadiness } from './looks.js';
import { Refused } from './refused.js';
import { jsonResponse, refusedResponse } from './responses.js';

/** What a gateway is made of, beside its configuration. */
export interface GatewayParts {
  /** By name; `default` is what clients get who ask for `auto`. */
  routes: Readonly<Record<string, RequestRouter>>;
  upstream: Upstream;
  /** It stays the caller's, who closes it after the gateway. */
  store: StateStore;
  /** Default: the environment. */
  secrets?: SecretReader;
  /** Default: the platform's. */
  clock?: Clock;
  /** Names requests. Default: random UUIDs. */
  newId?: () => string;
  /** Is told what an operator should know, never a prompt or a secret. */
  logger?: Logger;
}

/** Serves requests. */
export interface Gateway {
  /** Whether the configuration has keys; without any, everybody is served. */
  readonly asksForKeys: boolean;
  /** Never rejects: whatever goes wrong is answered. */
  readonly fetch: (request: Request) => Promise<Response>;
  /**
   * Refuses new requests and waits for those under way, and for their records.
   * @param graceMs milliseconds after which it waits no longer. Default 30,000.
   */
  readonly close: (graceMs?: number) => Promise<void>;
}

const ANSWERS: Readonly<Record<string, EndpointWire>> = {
  '/v1/chat/completions': 'chat',
  '/v1/responses': 'responses',
  '/v1/messages': 'messages',
  '/v1/embeddings': 'embeddings',
};
const DECISION = /^\/v1\/decisions\/([^/]{1,200})$/;

/** The methods that a path has; undefined for a path that nothing answers to. */
function methodOf(path: string): 'GET' | 'POST' | undefined {
  if (Object.hasOwn(ANSWERS, path) || path === '/v1/route') return 'POST';
  return ['/v1/models', '/health', '/ready'].includes(path) || DECISION.test(path) ? 'GET' : undefined;
}

/** A client of Anthropic's wire reads other errors than one of OpenAI's. */
const wireOf = (path: string, headers: Headers): EndpointWire =>
  Object.hasOwn(ANSWERS, path) ? ANSWERS[path]! : headers.has('anthropic-version') ? 'messages' : 'chat';

/**
 * A gateway from requests to responses of the web's standard; what listens to a socket is somebody else.
 * @throws RouteProfileError BAD_OPTION for a configuration that cannot be served, with every problem in `details`
 */
export function createGateway(config: GatewayConfigInput, parts: GatewayParts): Gateway {
  const { clock = systemClock, logger, newId = () => crypto.randomUUID(), upstream, store } = parts;
  const { snapshot, clientSecrets } = openConfig(config, parts.routes, parts.secrets ?? environmentSecrets(), clock);
  const underWay = new Set<Promise<void>>();
  let closing = false;
  const serving: Serving = {
    snapshot,
    keyring: createKeyring(snapshot.keys, clientSecrets),
    health: createHealth(clock),
    pins: createSessionPins(clock),
    store,
    upstream,
    clock,
    logger,
    newId,
    track(work) {
      const tracked = work
        .catch((error: unknown) => logger?.warn(`the end of a request failed: ${messageOf(error)}`))
        .finally(() => underWay.delete(tracked));
      underWay.add(tracked);
    },
  };

  const serve = async (request: Request, { pathname: path, searchParams: search }: URL): Promise<Response> => {
    const method = methodOf(path);
    if (method === undefined)
      throw new Refused(404, 'not_found', `There is nothing at ${request.method} ${path.slice(0, 200)}.`);
    // Load balancers look with HEAD; whoever listens leaves the body out.
    const asked = request.method === 'HEAD' ? 'GET' : request.method;
    if (asked !== method) throw new Refused(405, 'method_not_allowed', `${path} takes ${method}.`, { allow: method });
    if (path === '/health') return jsonResponse(200, { status: 'ok' });
    if (path === '/ready') return showReadiness(serving, closing);
    if (closing) throw new Refused(503, 'closing', 'The gateway is closing.', { 'retry-after': '5' });
    const key = await holderOf(request);
    if (Object.hasOwn(ANSWERS, path)) return answer({ format: WIRES[ANSWERS[path]!], request, search, key }, serving);
    if (path === '/v1/models') return listModels(key, serving);
    if (path === '/v1/route') return dryRun(request, search, key, serving);
    return showDecision(DECISION.exec(path)?.[1] ?? '', key, serving);
  };
  /** @throws Refused 401 */
  const holderOf = async ({ headers }: Request): Promise<KeyConfig | undefined> => {
    if (snapshot.keys.length === 0) return undefined;
    const key = await serving.keyring.holderOf(headers);
    if (key === undefined) throw new Refused(401, 'invalid_api_key', 'The key is missing or wrong.');
    return key;
  };

  const respond = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    try {
      return await serve(request, url);
    } catch (error) {
      const wire = wireOf(url.pathname, request.headers);
      if (error instanceof Refused) return refusedResponse(wire, error);
      logger?.warn(`a request failed within the gateway: ${messageOf(error)}`);
      return refusedResponse(wire, new Refused(500, 'gateway_failed', 'The gateway failed. Its log says more.'));
    }
  };

  return {
    asksForKeys: snapshot.keys.length > 0,
    fetch(request) {
      const response = respond(request);
      serving.track(response.then(() => {}));
      return response;
    },
    async close(graceMs = 30_000) {
      closing = true;
      let cancel = () => {};
      const late = new Promise<void>((resolve) => (cancel = clock.after(graceMs, resolve)));
      while (underWay.size > 0) {
        const all = Promise.all(underWay).then(() => false);
        if (await Promise.race([all, late.then(() => true)])) break;
      }
      cancel();
    },
  };
}
