import { quantile } from '@routeprofile/numerics';
import { createRandom, RouteProfileError } from '@routeprofile/schema';
import { createHeap } from './heap.js';
import type { FleetPolicy, SeenServer } from './policies.js';

/** A server of one model. */
export interface FleetServer {
  /** Place of its model. */
  model: number;
  /** Requests that it serves at the same time, at least 1; others wait, the first first. */
  slots: number;
  /** Its times are as many times those of its model. Default 1. */
  slowness?: number;
}

/** What the queries are, by [query × model]. */
export interface FleetQueries {
  count: number;
  /** Worth of an answer. */
  quality: (query: number, model: number) => number;
  /** Seconds to the first content, without waiting. */
  firstContent: (query: number, model: number) => number;
  /** Seconds per token after it. */
  perToken: (query: number, model: number) => number;
  tokens: (query: number, model: number) => number;
}

/** A fleet, its traffic, and who chooses. */
export interface FleetInput {
  /** Names, for the results. */
  models: readonly string[];
  servers: readonly FleetServer[];
  queries: FleetQueries;
  /** Requests per second: a Poisson process, each a query drawn at random. */
  rate: number;
  /** Requests in all. Default 20,000. */
  requests?: number;
  /** Share of them that comes first and is not counted. Default 0.1. */
  warmUp?: number;
  /** Times vary by a factor exp(σ z − σ²/2), z standard normal, drawn per request; its mean is 1. Default σ = 0.5. */
  sigma?: number;
  /** Made for this simulation: see `randomServer` and those beside it. */
  policy: FleetPolicy;
  seed: number;
}

/** What came of it. */
export interface FleetResult {
  /** Seconds from a request to the end of its answer: median, and what 99 of 100 take at most. */
  p50: number;
  p99: number;
  /** The same, to the first content. */
  firstContentP50: number;
  firstContentP99: number;
  /** Mean worth of the answers. */
  quality: number;
  /** Mean share of all slots that are busy, from the first request to the last. */
  utilisation: number;
  /** Share of the requests that each model answered. */
  byModel: Record<string, number>;
}

/**
 * Requests per second that a fleet can serve when every slot is always busy: Σ slots / mean time of an answer. Which model answers is left out
 * of account, so that policies that prefer slow models are full before.
 */
export function fleetCapacity({ servers, queries }: Pick<FleetInput, 'servers' | 'queries'>): number {
  const means = new Map<number, number>();
  for (const { model } of servers) {
    if (means.has(model)) continue;
    let sum = 0;
    for (let q = 0; q < queries.count; q++) sum += secondsOf(queries, q, model);
    means.set(model, sum / queries.count);
  }
  return servers.reduce((sum, { model, slots, slowness = 1 }) => sum + slots / (means.get(model)! * slowness), 0);
}

const secondsOf = ({ firstContent, perToken, tokens }: FleetQueries, query: number, model: number): number =>
  firstContent(query, model) + perToken(query, model) * tokens(query, model);

interface Request {
  query: number;
  server: number;
  came: number;
  /** What chance makes of its times. */
  factor: number;
  counted: boolean;
}
interface Server extends SeenServer {
  outstanding: number;
  busy: number;
  waiting: Request[];
  slowness: number;
}

/**
 * A discrete-event simulation of servers with queues: what a policy makes of the traffic, in waiting and in quality. The arrivals, the queries and
 * the chance in their times depend on the seed alone, so that policies are compared on the same traffic.
 * @throws RouteProfileError BAD_OPTION for a fleet or a traffic that there cannot be, PLUGIN_FAILED for a policy that chooses no server
 */
export function simulateFleet(input: FleetInput): FleetResult {
  const { models, queries, rate, requests = 20_000, warmUp = 0.1, sigma = 0.5, policy, seed } = input;
  assertPossible(input);
  const servers = input.servers.map(({ model, slots, slowness = 1 }): Server => ({
    model,
    slots,
    slowness,
    outstanding: 0,
    busy: 0,
    waiting: [],
  }));
  const [arrivals, chance, draws] = ['arrivals', 'times', 'policy'].map((name) => createRandom(seed, 'fleet', name));
  const ends = createHeap<{ request: Request; firstContent: number; perToken: number }>();
  const whole: number[] = [];
  const first: number[] = [];
  const counts = models.map(() => 0);
  let [now, quality, busySeconds, busy] = [0, 0, 0, 0];

  const pass = (to: number) => {
    busySeconds += busy * (to - now);
    now = to;
  };
  const start = (request: Request) => {
    const { model, slowness } = servers[request.server]!;
    const times = request.factor * slowness;
    const firstContent = queries.firstContent(request.query, model) * times;
    const perToken = queries.perToken(request.query, model) * times;
    servers[request.server]!.busy++;
    busy++;
    const seconds = firstContent + perToken * queries.tokens(request.query, model);
    ends.push(now + seconds, { request, firstContent: now - request.came + firstContent, perToken });
  };
  const end = () => {
    pass(ends.next);
    const { request, firstContent, perToken } = ends.pop()!;
    const server = servers[request.server]!;
    server.busy--;
    server.outstanding--;
    busy--;
    const next = server.waiting.shift();
    if (next) start(next);
    const tokens = queries.tokens(request.query, server.model);
    policy.answered?.({ server: request.server, firstContent, perToken, tokens }, now);
    if (!request.counted) return;
    whole.push(now - request.came);
    first.push(firstContent);
    quality += queries.quality(request.query, server.model);
    counts[server.model]!++;
  };

  let last = 0;
  for (let r = 0; r < requests; r++) {
    const came = last - Math.log(1 - arrivals!.float()) / rate;
    const query = arrivals!.int(queries.count);
    const factor = Math.exp(sigma * chance!.normal() - sigma ** 2 / 2);
    while (ends.next <= came) end();
    pass(came);
    last = came;
    const place = policy.choose(query, servers, now, draws!);
    const server = servers[place];
    if (server === undefined)
      throw new RouteProfileError('PLUGIN_FAILED', `the policy chose server ${place} of ${servers.length}`, {
        hint: 'Its `choose` must give the place of a server.',
      });
    server.outstanding++;
    const request = { query, server: place, came, factor, counted: r >= requests * warmUp };
    if (server.busy < server.slots) start(request);
    else server.waiting.push(request);
  }
  const slots = servers.reduce((sum, server) => sum + server.slots, 0);
  const utilisation = busySeconds / (last * slots);
  while (ends.next < Infinity) end();
  const [total, content] = [whole, first].map((seconds) => Float64Array.from(seconds).sort());
  return {
    p50: quantile(total!, 0.5),
    p99: quantile(total!, 0.99),
    firstContentP50: quantile(content!, 0.5),
    firstContentP99: quantile(content!, 0.99),
    quality: quality / whole.length,
    utilisation,
    byModel: Object.fromEntries(models.map((model, m) => [model, counts[m]! / whole.length])),
  };
}

function assertPossible({ models, servers, queries, rate, requests = 1, warmUp = 0, sigma = 0 }: FleetInput): void {
  const problems = [
    ...(servers.length > 0 ? [] : ['there is no server']),
    ...servers.flatMap(({ model, slots, slowness = 1 }, s) =>
      models[model] !== undefined && Number.isInteger(slots) && slots >= 1 && slowness > 0
        ? []
        : [`server ${s}: expected the place of a model, at least 1 slot and a slowness above 0`],
    ),
    ...(queries.count >= 1 ? [] : ['there is no query']),
    ...(rate > 0 && Number.isFinite(rate) ? [] : [`rate is ${rate}, expected requests per second above 0`]),
    ...(requests >= 1 && warmUp >= 0 && warmUp < 1 && sigma >= 0 ? [] : ['requests, warmUp or sigma is out of range']),
  ];
  if (problems.length === 0) return;
  throw new RouteProfileError('BAD_OPTION', `simulateFleet: ${problems[0]}`, { details: problems });
}
