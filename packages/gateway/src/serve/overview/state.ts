import type { KeyConfig } from '../../config/config.js';
import type { Snapshot } from '../../config/snapshot.js';
import type { EndpointWire } from '../../contracts/wire.js';
import type { EndpointHealth } from '../../health.js';
import type { LoadLook } from '../../load/endpoint-load.js';
import type { DriftLook } from '../../observe/drift/drift.js';
import type { Serving } from '../context.js';
import type { Reply } from '../exchange.js';
import { jsonResponse } from '../responses.js';

/** An endpoint, how it fares, and how loaded it is. */
export type EndpointLook = { id: string; candidate: string; wires: EndpointWire[] } & EndpointHealth & LoadLook;
/** What is watched for a change, and what has changed. */
export type SeenDrift = DriftLook;

/** What `GET /v1/health` answers. */
export interface HealthAnswer {
  /** Milliseconds since 1970. */
  at: number;
  /** `ok` while each candidate has an endpoint that may be tried, the store keeps what it is told, and nothing has changed for the worse. */
  status: 'ok' | 'degraded';
  endpoints: EndpointLook[];
  /** What is wrong with the store; absent where nothing is. */
  store?: string;
  /** Absent where nothing is watched. */
  drift?: SeenDrift;
}

/** Candidates that a key may be answered by. */
const candidatesOf = (key: KeyConfig | undefined, { candidates, routes }: Snapshot): string[] =>
  key?.routes === undefined
    ? [...candidates.keys()]
    : [...new Set(key.routes.flatMap((name) => routes.get(name)?.router.models ?? []))];

/** Endpoints of the candidates that a key may be answered by. */
export const endpointsFor = (key: KeyConfig | undefined, { snapshot, health, load }: Serving): EndpointLook[] =>
  candidatesOf(key, snapshot)
    .flatMap((candidate) => snapshot.endpoints.get(candidate) ?? [])
    .map((endpoint) => {
      const { id, candidate, wires } = endpoint;
      return { id, candidate, wires, ...health.look(id), ...load.look(endpoint) };
    });

/** What has changed of these candidates, and of the routes that a key may use. */
export function driftFor(key: KeyConfig | undefined, { snapshot, drift }: Serving): { drift?: SeenDrift } {
  const look = drift.look();
  if (look === undefined) return {};
  const names = new Set([...candidatesOf(key, snapshot), ...(key?.routes ?? snapshot.routes.keys())]);
  return { drift: { ...look, flags: look.flags.filter(({ of }) => names.has(of)) } };
}

/** `GET /v1/health`: how endpoints fare and what has changed, for whoever asks; no model is called for it. */
export async function showHealth(key: KeyConfig | undefined, serving: Serving): Promise<Reply> {
  const endpoints = endpointsFor(key, serving);
  const seen = driftFor(key, serving);
  const up = new Set(
    endpoints.flatMap(({ candidate, state }) => (state === 'up' || state === 'trial' ? candidate : [])),
  );
  const problem = await serving.storeWatch.check();
  const well =
    problem === undefined &&
    endpoints.every(({ candidate }) => up.has(candidate)) &&
    !seen.drift?.flags.some(({ worse }) => worse);
  const answer: HealthAnswer = {
    at: serving.clock.now(),
    status: well ? 'ok' : 'degraded',
    endpoints,
    ...(problem && { store: key === undefined || key.operator ? problem.full : problem.brief }),
    ...seen,
  };
  return jsonResponse(200, answer);
}
