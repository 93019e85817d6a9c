import { type Candidate, type Requirements } from '@routeprofile/schema';
import type { Endpoint } from './contracts/endpoint.js';
import type { EndpointWire } from './contracts/wire.js';
import { whatLacksOf } from './decide/demands.js';

/** One try that may be made. */
export interface PlannedAttempt {
  candidate: Candidate;
  endpoint: Endpoint;
}

/** What may be tried for a request, in order. */
export interface Plan {
  attempts: readonly PlannedAttempt[];
  /** Candidates that cannot answer it, and why. */
  leftOut: readonly { model: string; why: string }[];
  /** Endpoints that could answer but are left alone for a while. */
  cooling: readonly string[];
  /** Endpoints that could answer but have as many requests under way as they may. */
  full: readonly string[];
}

/** What a plan is made of. */
export interface PlanInput {
  /** Candidates, the chosen one first, then the others by rank. */
  ranked: readonly Candidate[];
  endpointsOf: (candidate: string) => readonly Endpoint[];
  wire: EndpointWire;
  requirements: Requirements;
  /** What the route demands besides. Default nothing. */
  demands?: readonly Requirements[];
  usable: (endpoint: string) => boolean;
  /** Whether an endpoint has as many requests under way as it may. Default never. */
  full?: (endpoint: Endpoint) => boolean;
  /** In which order endpoints of one candidate are tried. Default as they are listed. */
  order?: (endpoints: readonly Endpoint[]) => readonly Endpoint[];
  /** Attempts at most. Default 4. */
  most?: number;
}

/**
 * The list of attempts, made once per request, so that retries cannot multiply: the chosen candidate at each of its endpoints, then
 * the next ones. Whoever cannot answer is left out, as alternative no less than as first choice.
 */
export function planAttempts({
  ranked,
  endpointsOf,
  wire,
  requirements,
  demands = [],
  usable,
  full = () => false,
  order = (endpoints) => endpoints,
  most = 4,
}: PlanInput): Plan {
  const attempts: PlannedAttempt[] = [];
  const leftOut: { model: string; why: string }[] = [];
  const cooling: string[] = [];
  const taken: string[] = [];
  for (const candidate of ranked) {
    const endpoints = endpointsOf(candidate.id);
    const speaking = endpoints.filter(({ wires }) => wires.includes(wire));
    const why =
      whatLacksOf(candidate, requirements, demands) ?? (speaking.length > 0 ? null : noEndpoint(endpoints, wire));
    if (why !== null) {
      leftOut.push({ model: candidate.id, why });
      continue;
    }
    const ready: Endpoint[] = [];
    for (const endpoint of speaking)
      if (!usable(endpoint.id)) cooling.push(endpoint.id);
      else if (full(endpoint)) taken.push(endpoint.id);
      else ready.push(endpoint);
    for (const endpoint of order(ready)) attempts.push({ candidate, endpoint });
  }
  return { attempts: attempts.slice(0, most), leftOut, cooling, full: taken };
}

const noEndpoint = (endpoints: readonly Endpoint[], wire: EndpointWire): string =>
  endpoints.length === 0 ? 'no endpoint' : `no endpoint speaks ${wire}`;

/** Whether a request too long for one candidate may fit another. A limit that nobody states may be any. */
export const readsMore = (candidate: Candidate, than: Candidate): boolean =>
  candidate.id !== than.id && (candidate.limits?.contextTokens ?? Infinity) > (than.limits?.contextTokens ?? 0);
