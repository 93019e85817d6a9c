import type { KeyConfig } from '../config/config.js';
import type { Snapshot } from '../config/snapshot.js';
import { ENDPOINT_WIRES } from '../contracts/wire.js';
import { WIRES } from '../wire/formats.js';
import { LOCAL_TENANT, type Serving } from './context.js';
import type { Exchange, Reply } from './exchange.js';
import { mayUse, permitted, prepare } from './prepare.js';
import { Refused } from './refused.js';
import { idHeaders, jsonResponse } from './responses.js';
import type { StoreProblem } from './store-watch.js';

/** A name that may be asked for, as lists of both OpenAI and Anthropic have it. */
const modelEntry = (id: string) => ({
  id,
  object: 'model',
  type: 'model',
  display_name: id,
  created: 0,
  created_at: new Date(0).toISOString(),
  owned_by: 'routeprofile',
});

/** `GET /v1/models/{id}`: one name of that list. @throws Refused 404 with the names there are */
export function showModel(name: string, key: KeyConfig | undefined, serving: Serving): Reply {
  permitted(name, key, serving);
  return jsonResponse(200, modelEntry(name));
}

/** `GET /v1/models`: every name that the key may ask for, in the form of both OpenAI's list and Anthropic's. */
export function listModels(key: KeyConfig | undefined, { snapshot }: Serving): Reply {
  const names = [...snapshot.targets].flatMap(([name, target]) => (mayUse(key, target) ? [name] : []));
  const data = names.map(modelEntry);
  return jsonResponse(200, {
    object: 'list',
    data,
    has_more: false,
    first_id: names[0] ?? null,
    last_id: names.at(-1) ?? null,
  });
}

/**
 * `POST /v1/route`: what would be decided for a request, without calling anybody. The body is that of the request; `?wire=` says which,
 * default `chat`.
 */
export async function dryRun(request: Exchange, key: KeyConfig | undefined, serving: Serving): Promise<Reply> {
  const asked = request.search.get('wire') ?? 'chat';
  const wire = ENDPOINT_WIRES.find((one) => one === asked);
  if (wire === undefined) throw new Refused(400, 'bad_wire', `wire is one of ${ENDPOINT_WIRES.join(', ')}.`);
  const id = serving.newId();
  const { routing, decision, plan } = await prepare({ id, format: WIRES[wire], request, key }, serving);
  const attempts = plan.attempts.map(({ candidate, endpoint }) => ({ model: candidate.id, endpoint: endpoint.id }));
  return jsonResponse(
    200,
    {
      route: routing.route,
      model: decision.model,
      text: routing.text,
      requirements: routing.requirements,
      ranked: decision.ranked,
      reasons: decision.reasons,
      attempts,
      leftOut: plan.leftOut,
      cooling: plan.cooling,
      full: plan.full,
    },
    idHeaders(id),
  );
}

/** `GET /v1/decisions/{id}`: one record with what was said of it, for whoever it was made for. */
export async function showDecision(id: string, key: KeyConfig | undefined, { store }: Serving): Promise<Reply> {
  const record = await store.find(id);
  if (record === undefined || record.tenant !== (key?.id ?? LOCAL_TENANT))
    throw new Refused(404, 'decision_not_found', 'There is no such decision, or it is no longer kept.');
  return jsonResponse(200, { ...record, feedback: await store.said(id) });
}

/** `GET /metrics`: for Prometheus; where there are keys, for those of operators. */
export function showMetrics(key: KeyConfig | undefined, { metrics }: Serving): Reply {
  if (key !== undefined && !key.operator)
    throw new Refused(
      403,
      'not_an_operator',
      'Metrics concern everybody: the key needs `operator: true` in the configuration.',
    );
  return { status: 200, headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }, body: metrics.text() };
}

/** Names of files and hosts are for those alone who need no key, as it is their own machine. */
const toldOf = (problem: StoreProblem | undefined, { keys }: Snapshot): string[] =>
  problem === undefined ? [] : [keys.length > 0 ? problem.brief : problem.full];

/** `GET /health`: that the process runs, and what was last found to be wrong with the store. It waits for nothing. */
export function showLiveness({ storeWatch, snapshot }: Serving): Reply {
  const problems = toldOf(storeWatch.last(), snapshot);
  return jsonResponse(200, problems.length > 0 ? { status: 'degraded', problems } : { status: 'ok' });
}

/** `GET /ready`: whether requests can be served, judged by what is known; no model is called for it. */
export async function showReadiness({ storeWatch, health, snapshot }: Serving, closing: boolean): Promise<Reply> {
  const endpoints = [...snapshot.endpoints.values()].flat();
  const problem = await storeWatch.check();
  const checks = {
    serving: !closing,
    store: problem === undefined,
    endpoint: endpoints.some(({ id }) => health.usable(id)),
  };
  const problems = [
    ...(checks.serving ? [] : ['The gateway is closing.']),
    ...toldOf(problem, snapshot),
    ...(checks.endpoint ? [] : ['No endpoint can be used now; GET /v1/health says how each fares.']),
  ];
  return problems.length === 0
    ? jsonResponse(200, { status: 'ready', checks })
    : jsonResponse(503, { status: 'not ready', checks, problems });
}
