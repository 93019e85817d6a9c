import {
  ewma,
  expectedLatency,
  peakEwma,
  peakEwmaAt,
  powerOfTwo,
  type ModelLoad,
  type Ewma,
} from '@routeprofile/numerics';
import { createRandom } from '@routeprofile/schema';
import type { Clock } from '../clock.js';
import type { Endpoint } from '../contracts/endpoint.js';
import type { Attempt } from '../contracts/record.js';

/** Milliseconds after which what was measured counts for 1/e. */
const TAU_MS = 60_000;
/** Milliseconds that a request under way counts at an endpoint that has never answered: one request tries it out. */
const UNTRIED_MS = 1e9;
/** A conversation leaves its endpoint for one whose load is as many times smaller: what is cached there is worth something. */
const STAYS = 2;

/** How loaded an endpoint is, for people to look at. */
export interface LoadLook {
  /** Requests under way. */
  outstanding: number;
  /** Most that may be; absent where nothing is said. */
  maxConcurrent?: number;
  /** Milliseconds to the first content: a moving average that rises at once and falls slowly. Absent before the first answer. */
  firstContentMs?: number;
  /** Milliseconds per token after it: a moving average. Absent before the first streamed answer. */
  perTokenMs?: number;
}

/** What is known of a model's load: of the endpoint that would answer soonest. */
export interface MeasuredLoad extends ModelLoad {
  /** Tokens of its answers: a moving average; undefined before the first. */
  tokens: number | undefined;
}

/** How loaded endpoints are, by the requests that they were sent. */
export interface EndpointLoad {
  full(endpoint: Endpoint): boolean;
  /** Takes a place; every place ends with a call of `left`. */
  enter(endpoint: Endpoint): void;
  /** @param attempt what came of it; omit where nothing was sent */
  left(endpoint: Endpoint, attempt?: Attempt): void;
  /**
   * In which order they are to be tried: the better of two that are drawn first, then the others by load, (requests under way + 1) × time to the first
   * content.
   * @param request seeds the draw, so that the same request has the same order under the same load
   * @param conversation prefers the endpoint that it is drawn for, while no other has half its load
   */
  order(endpoints: readonly Endpoint[], request: string, conversation?: string): readonly Endpoint[];
  /** Undefined where none has answered yet. @param usable whether an endpoint may be tried */
  ofModel(endpoints: readonly Endpoint[], usable: (endpoint: string) => boolean): MeasuredLoad | undefined;
  look(endpoint: Endpoint): LoadLook;
}

interface State {
  outstanding: number;
  firstContent?: Ewma;
  perToken?: Ewma;
  tokens?: Ewma;
}

/** @param clock only `now` is used */
export function createEndpointLoad(clock: Pick<Clock, 'now'>): EndpointLoad {
  const states = new Map<string, State>();
  const stateOf = ({ id }: Endpoint): State => {
    const known = states.get(id);
    if (known) return known;
    const fresh: State = { outstanding: 0 };
    states.set(id, fresh);
    return fresh;
  };
  const full = (endpoint: Endpoint) =>
    endpoint.maxConcurrent !== undefined && (states.get(endpoint.id)?.outstanding ?? 0) >= endpoint.maxConcurrent;

  const measure = (state: State, { fault, firstContentMs, totalMs, usage }: Attempt) => {
    const now = clock.now();
    // Who has waited in vain has measured no more than a lower bound.
    const waited = fault === 'first-byte' || fault === 'client-gone';
    if (firstContentMs === undefined) {
      if (waited && totalMs > (state.firstContent?.value ?? 0)) state.firstContent = { value: totalMs, at: now };
      return;
    }
    state.firstContent = peakEwma(state.firstContent, firstContentMs, now, TAU_MS);
    const tokens = usage?.output ?? 0;
    if (fault !== undefined || tokens === 0) return;
    state.tokens = ewma(state.tokens, tokens, now, TAU_MS);
    // A whole answer has its first content at its end.
    if (totalMs > firstContentMs)
      state.perToken = ewma(state.perToken, (totalMs - firstContentMs) / tokens, now, TAU_MS);
  };
  const costOf = (endpoint: Endpoint): number => {
    const { outstanding = 0, firstContent } = states.get(endpoint.id) ?? {};
    if (firstContent === undefined) return outstanding * UNTRIED_MS;
    return (outstanding + 1) * peakEwmaAt(firstContent, clock.now(), TAU_MS);
  };
  const modelLoad = (endpoint: Endpoint): ModelLoad | undefined => {
    const { outstanding, firstContent, perToken } = states.get(endpoint.id) ?? {};
    if (firstContent === undefined || outstanding === undefined) return undefined;
    return {
      firstByte: peakEwmaAt(firstContent, clock.now(), TAU_MS) / 1_000,
      perToken: (perToken?.value ?? 0) / 1_000,
      outstanding,
      limit: endpoint.maxConcurrent ?? Infinity,
    };
  };

  return {
    full,
    enter: (endpoint) => void stateOf(endpoint).outstanding++,
    left(endpoint, attempt) {
      const state = stateOf(endpoint);
      state.outstanding--;
      if (attempt) measure(state, attempt);
    },
    order(endpoints, request, conversation) {
      if (endpoints.length < 2) return endpoints;
      const costs = endpoints.map(costOf);
      const byCost = endpoints.map((_, i) => i).sort((a, b) => costs[a]! - costs[b]! || a - b);
      const drawn = () => powerOfTwo(endpoints.length, (i) => costs[i]!, createRandom(0, 'endpoint', request));
      const own = conversation === undefined ? undefined : ownOf(endpoints, conversation);
      const first = own !== undefined && costs[own]! <= STAYS * costs[byCost[0]!]! ? own : drawn();
      return [first, ...byCost.filter((i) => i !== first)].map((i) => endpoints[i]!);
    },
    ofModel(endpoints, usable) {
      const loads = endpoints.flatMap((endpoint) => {
        const load = usable(endpoint.id) ? modelLoad(endpoint) : undefined;
        const tokens = states.get(endpoint.id)?.tokens?.value;
        return load ? [{ ...load, tokens }] : [];
      });
      const taking = (load: MeasuredLoad) => expectedLatency(load, load.tokens ?? 0);
      return loads.length === 0 ? undefined : loads.reduce((best, one) => (taking(one) < taking(best) ? one : best));
    },
    look(endpoint) {
      const { outstanding = 0, firstContent, perToken } = states.get(endpoint.id) ?? {};
      return {
        outstanding,
        ...(endpoint.maxConcurrent !== undefined && { maxConcurrent: endpoint.maxConcurrent }),
        ...(firstContent && { firstContentMs: peakEwmaAt(firstContent, clock.now(), TAU_MS) }),
        ...(perToken && { perTokenMs: perToken.value }),
      };
    },
  };
}

/** The endpoint of a conversation: the one that draws the highest number for it, so that others joining or leaving move few conversations. */
function ownOf(endpoints: readonly Endpoint[], conversation: string): number {
  const draws = endpoints.map(({ id }) => createRandom(0, 'conversation', conversation, id).float());
  return draws.indexOf(Math.max(...draws));
}
