import { messageOf, whatLacks, type LearnerStrategy, type Logger } from '@routeprofile/schema';
import { systemClock, type Clock } from '../clock.js';
import type { GatewayConfigInput, KeyConfig } from '../config/config.js';
import { openConfig } from '../config/open-config.js';
import { problems } from '../config/problems.js';
import { withoutEndpoints } from '../config/without-endpoints.js';
import { environmentSecrets, type SecretReader } from '../contracts/secret.js';
import type { Endpoint } from '../contracts/endpoint.js';
import type { StateStore } from '../contracts/store.js';
import type { Upstream } from '../contracts/upstream.js';
import type { Verifier } from '../contracts/verifier.js';
import type { EndpointWire } from '../contracts/wire.js';
import type { Callable } from '../decide/exploring.js';
import type { RequestRouter } from '../decide/request-router.js';
import { createReadQueries } from '../decide/read-queries.js';
import { createSessionPins } from '../decide/session-pins.js';
import { answerFeedback } from '../feedback/answer-feedback.js';
import { keepFeedback } from '../feedback/keep-feedback.js';
import { createRecording } from '../feedback/recording.js';
import { createLearning } from '../learn/learning.js';
import { createHealth } from '../health.js';
import { createEndpointLoad } from '../load/endpoint-load.js';
import { createPacers } from '../money/pacers.js';
import { createDrift } from '../observe/drift/drift.js';
import { createMetrics } from '../observe/metrics.js';
import type { Tracing } from '../observe/tracing.js';
import { createVerifying } from '../verify/verifying.js';
import { BUILT_IN_MONITORS, type SessionMonitor } from '../session/monitors.js';
import { WIRES } from '../wire/formats.js';
import { answer } from './answer.js';
import type { Serving } from './context.js';
import type { Exchange, HeaderReader, Reply } from './exchange.js';
import { createKeyring } from './keyring.js';
import { dryRun, listModels, showDecision, showModel, showMetrics, showLiveness, showReadiness } from './looks.js';
import { showHealth } from './overview/state.js';
import { listDecisions, showOverview } from './overview/overview.js';
import { pageFile, showsPage } from './page/serve-page.js';
import { ANSWERS, decisionIn, labelOf, methodOf, modelIn } from './paths.js';
import { Refused } from './refused.js';
import { refusedResponse } from './responses.js';
import { shareCooldowns } from './shared-cooldowns.js';
import { watchStore } from './store-watch.js';
import { createUnderWay } from './under-way.js';
import { exchangeOf, responseOf } from './web-door.js';

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
  /** Learners that `routes.NAME.learn` may name. Default: those of `@routeprofile/routers`. */
  learners?: readonly LearnerStrategy[];
  /** Check answers behind requests; what they find is kept as feedback. Default: nobody does. */
  verifiers?: readonly Verifier[];
  /** Look at conversations, beside those that are built in; `session.monitors` of a route names them. */
  monitors?: readonly SessionMonitor[];
  /** Follows requests, as `traceBy` does for OpenTelemetry. Default: nobody does. */
  tracing?: Tracing;
}

/** Serves requests. */
export interface Gateway {
  /** Whether the configuration has keys; without any, everybody is served. */
  readonly asksForKeys: boolean;
  /** Whether `GET /` is the page for people. */
  readonly hasPage: boolean;
  /** Never rejects: whatever goes wrong is answered. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** The same for servers that have no requests of the web's standard, which cost more time than all else here. Never rejects. */
  readonly handle: (request: Exchange) => Promise<Reply>;
  /**
   * Serves by another configuration from now on; requests under way keep the one that they began with. Endpoints that were out of service for
   * good are tried again, budgets and decisions stay.
   * @param routes by name, as in `GatewayParts`
   * @returns `retired`: resolves once no request uses the routers of before
   * @throws RouteProfileError BAD_OPTION as `createGateway` does, and for a configuration without keys in the place of one with some; then
   *   nothing has changed
   */
  readonly reload: (
    config: GatewayConfigInput,
    routes: Readonly<Record<string, RequestRouter>>,
  ) => { retired: Promise<void> };
  /**
   * Refuses new requests and waits for those under way, and for their records.
   * @param graceMs milliseconds after which it waits no longer. Default 30,000.
   */
  readonly close: (graceMs?: number) => Promise<void>;
}

/** A client of Anthropic's wire reads other errors than one of OpenAI's. */
const wireOf = (path: string, headers: HeaderReader): EndpointWire =>
  Object.hasOwn(ANSWERS, path) ? ANSWERS[path]! : headers.has('anthropic-version') ? 'messages' : 'chat';

/**
 * A gateway from requests to responses of the web's standard; what listens to a socket is somebody else.
 * @throws RouteProfileError BAD_OPTION for a configuration that cannot be served, with every problem in `details`
 */
export function createGateway(config: GatewayConfigInput, parts: GatewayParts): Gateway {
  const { clock = systemClock, logger, newId = () => crypto.randomUUID(), upstream, store, tracing } = parts;
  const secretOf = parts.secrets ?? environmentSecrets();
  const underWay = createUnderWay((error) => logger?.warn(`the end of a request failed: ${messageOf(error)}`));
  const queries = createReadQueries();
  const learning = createLearning(store);
  const verifying = parts.verifiers?.length
    ? createVerifying({
        ...{ verifiers: parts.verifiers, clock, logger },
        counted: (...told) => common.metrics.verified(...told),
        keep: (said) => keepFeedback(said, serving),
      })
    : undefined;
  let closing = false;
  const cooldowns = shareCooldowns(store);
  const health = createHealth(clock, { onCooldown: cooldowns.tell });
  const pacers = createPacers(store, () => clock.now());
  const monitors = new Map([...BUILT_IN_MONITORS, ...(parts.monitors ?? [])].map((one) => [one.name, one]));
  const load = createEndpointLoad(clock);
  const loadOfModel = (endpoints: readonly Endpoint[]) => load.ofModel(endpoints, (id) => health.usable(id));
  const drift = createDrift({ clock, logger });
  function* endpointStates() {
    for (const [candidate, endpoints] of serving.snapshot.endpoints)
      for (const endpoint of endpoints)
        yield { endpoint: endpoint.id, candidate, usable: health.usable(endpoint.id), ...load.look(endpoint) };
  }
  const common: Omit<Serving, 'snapshot' | 'keyring'> = {
    health,
    load,
    pins: createSessionPins(clock),
    pacers,
    monitors,
    store,
    storeWatch: watchStore(store),
    upstream,
    clock,
    logger,
    metrics: createMetrics(
      endpointStates,
      () => underWay.size,
      pacers.states,
      () => drift.look(),
    ),
    drift,
    tracing,
    newId,
    recording: createRecording(),
    ...(verifying && { verifying }),
    queries,
    learning,
    track: underWay.track,
  };
  const servingBy = (given: GatewayConfigInput, routes: GatewayParts['routes']): Serving => {
    const learningParts = { queries, store, logger, ...(parts.learners && { learners: parts.learners }) };
    const callable: Callable = (model, demand) => {
      const { candidates, endpoints } = serving.snapshot;
      const candidate = candidates.get(model);
      if (candidate === undefined || whatLacks(candidate, demand) !== null) return false;
      const speaks = ({ wires }: Endpoint) => demand.wire === undefined || wires.some((wire) => wire === demand.wire);
      return (endpoints.get(model) ?? []).some((one) => speaks(one) && health.usable(one.id) && !load.full(one));
    };
    const live = { drift, loadOfModel, learning: learningParts, callable };
    const { snapshot, clientSecrets } = openConfig(given, routes, secretOf, clock, live, [...monitors.keys()]);
    for (const missing of withoutEndpoints(snapshot)) logger?.warn(missing);
    return { ...common, snapshot, keyring: createKeyring(snapshot.keys, clientSecrets) };
  };
  /** Replaced as a whole: whatever serves a request holds on to the one that it began with. */
  let serving = servingBy(config, parts.routes);
  const hearsNoMore = cooldowns.hear(health, (endpoint) => serving.snapshot.addresses.has(endpoint));
  const follow = () => {
    const routes = [...serving.snapshot.routes.values()];
    pacers.configure(serving.snapshot);
    drift.watch(routes.filter(({ settings }) => settings.drift));
    learning.follow(routes.flatMap(({ learner }) => learner ?? []));
  };
  follow();

  /** @throws Refused */
  const serve = (request: Exchange, serving: Serving): Reply | Promise<Reply> => {
    const { path } = request;
    const file = showsPage(serving.snapshot.config) ? pageFile(path) : undefined;
    const method = file ? 'GET' : methodOf(path);
    if (method === undefined)
      throw new Refused(
        404,
        'not_found',
        `There is nothing at ${request.method} ${path.slice(0, 200)}. Clients of OpenAI's API take the gateway's address with /v1 as their base URL, those of Anthropic's without.`,
      );
    // Load balancers look with HEAD; whoever listens leaves the body out.
    const asked = request.method === 'HEAD' ? 'GET' : request.method;
    if (asked !== method) throw new Refused(405, 'method_not_allowed', `${path} takes ${method}.`, { allow: method });
    if (file) return file;
    if (path === '/health') return showLiveness(serving);
    if (path === '/ready') return showReadiness(serving, closing);
    if (closing) throw new Refused(503, 'closing', 'The gateway is closing.', { 'retry-after': '5' });
    if (serving.snapshot.keys.length === 0) return serveTo(undefined, request, serving);
    return holderOf(request, serving).then((key) => serveTo(key, request, serving));
  };
  /** What the holder of a key is served, or everybody where there are no keys. */
  const serveTo = (key: KeyConfig | undefined, request: Exchange, serving: Serving): Reply | Promise<Reply> => {
    const { path } = request;
    if (Object.hasOwn(ANSWERS, path)) return answer({ format: WIRES[ANSWERS[path]!], request, key }, serving);
    if (path === '/metrics') return showMetrics(key, serving);
    if (path === '/v1/models') return listModels(key, serving);
    if (path === '/v1/overview') return showOverview(key, serving);
    if (path === '/v1/health') return showHealth(key, serving);
    if (path === '/v1/decisions') return listDecisions(request, key, serving);
    if (path === '/v1/feedback') return answerFeedback(request, key, serving);
    if (path === '/v1/route') return dryRun(request, key, serving);
    const model = modelIn(path);
    return model === undefined ? showDecision(decisionIn(path), key, serving) : showModel(model, key, serving);
  };
  /** @throws Refused 401 */
  const holderOf = async ({ headers }: Exchange, { keyring }: Serving): Promise<KeyConfig> => {
    const key = await keyring.holderOf(headers);
    if (key === undefined)
      throw new Refused(
        401,
        'invalid_api_key',
        'The key is missing or wrong. Send one of the gateway’s keys as `authorization: Bearer KEY` or `x-api-key: KEY`.',
      );
    return key;
  };

  const refusalOf = (error: unknown, { path, headers }: Exchange): Reply => {
    const wire = wireOf(path, headers);
    if (error instanceof Refused) return refusedResponse(wire, error);
    logger?.warn(`a request failed within the gateway: ${messageOf(error)}`);
    return refusedResponse(wire, new Refused(500, 'gateway_failed', 'The gateway failed. Its log says more.'));
  };
  const respond = async (request: Exchange): Promise<Reply> => {
    let reply: Reply;
    try {
      reply = await serve(request, serving);
    } catch (error) {
      reply = refusalOf(error, request);
    }
    common.metrics.replied(labelOf(request.path), reply.status);
    return reply;
  };
  const handle = (request: Exchange): Promise<Reply> => underWay.run(() => respond(request));

  return {
    get asksForKeys() {
      return serving.snapshot.keys.length > 0;
    },
    reload(given, routes) {
      const next = servingBy(given, routes);
      // Who listens may have been let in only because keys are asked for.
      if (serving.snapshot.keys.length > 0 && next.snapshot.keys.length === 0)
        throw problems(['keys: there are none any more; start the gateway anew to serve everybody']);
      serving = next;
      health.reloaded();
      follow();
      return { retired: underWay.settled() };
    },
    get hasPage() {
      return showsPage(serving.snapshot.config);
    },
    handle,
    fetch: async (request) => responseOf(await handle(exchangeOf(request))),
    async close(graceMs = 30_000) {
      closing = true;
      hearsNoMore();
      let cancel = () => {};
      const late = new Promise<void>((resolve) => (cancel = clock.after(graceMs, resolve)));
      while (underWay.size > 0) {
        const all = underWay.settled().then(() => false);
        if (await Promise.race([all, late.then(() => true)])) break;
      }
      cancel();
      await verifying?.close();
      await learning.close();
    },
  };
}
