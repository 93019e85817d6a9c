import { ewma, expectedLatency, peakEwma, peakEwmaAt, powerOfTwo, type Ewma } from '@routeprofile/numerics';
import type { Random } from '@routeprofile/schema';

/** A server as a policy sees it when a request comes. */
export interface SeenServer {
  /** Place of its model. */
  readonly model: number;
  /** Requests that it serves at the same time. */
  readonly slots: number;
  /** Requests that it has, those that wait included. */
  readonly outstanding: number;
}

/** An answer, once it is whole. */
export interface SeenAnswer {
  server: number;
  /** Seconds from the request to the first content, waiting included. */
  firstContent: number;
  /** Seconds per token after it. */
  perToken: number;
  tokens: number;
}

/** Chooses servers for requests, from what can be seen of them. Made anew for each simulation, as it may learn. */
export interface FleetPolicy {
  /** @param query its place @param now seconds @returns the place of a server */
  choose(query: number, servers: readonly SeenServer[], now: number, random: Random): number;
  /** @param now seconds */
  answered?(answer: SeenAnswer, now: number): void;
}

/** Any server, all alike. */
export const randomServer = (): FleetPolicy => ({ choose: (_, servers, __, random) => random.int(servers.length) });

/** One after the other. */
export function roundRobin(): FleetPolicy {
  let turn = 0;
  return { choose: (_, servers) => turn++ % servers.length };
}

/** The one with the fewest requests, the first of equals. */
export const leastOutstanding = (): FleetPolicy => ({
  choose: (_, servers) =>
    servers.reduce((least, { outstanding }, s) => (outstanding < servers[least]!.outstanding ? s : least), 0),
});

/** Seconds after which what was measured counts for 1/e. */
const TAU = 60;

/** What servers have shown of themselves. */
function measuring() {
  const states = new Map<number, { firstContent?: Ewma; perToken?: Ewma; tokens?: Ewma }>();
  return {
    answered({ server, firstContent, perToken, tokens }: SeenAnswer, now: number) {
      const state = states.get(server) ?? {};
      states.set(server, {
        firstContent: peakEwma(state.firstContent, firstContent, now, TAU),
        perToken: ewma(state.perToken, perToken, now, TAU),
        tokens: ewma(state.tokens, tokens, now, TAU),
      });
    },
    firstContent: (server: number, now: number): number | undefined => {
      const known = states.get(server)?.firstContent;
      return known && peakEwmaAt(known, now, TAU);
    },
    of: (server: number) => states.get(server),
  };
}
type Measures = ReturnType<typeof measuring>;

/** (requests + 1) × time to the first content; a server that has never answered is tried with one request. */
const costOf = (measures: Measures, now: number, server: number, { outstanding }: SeenServer): number => {
  const known = measures.firstContent(server, now);
  return known === undefined ? outstanding * 1e9 : (outstanding + 1) * known;
};

/** The better of two that are drawn, by requests and peak EWMA of the first content. */
export function twoChoices(): FleetPolicy {
  const measures = measuring();
  return {
    choose: (_, servers, now, random) =>
      powerOfTwo(servers.length, (s) => costOf(measures, now, s, servers[s]!), random),
    answered: (answer, now) => measures.answered(answer, now),
  };
}

/** How a policy routes. */
export interface RoutedOptions {
  /** What an answer of a model to a query is worth: its chance of being right. */
  worth: (query: number, model: number) => number;
  /** What a second of waiting costs, in the unit of worth. Default 0: whoever is best answers. */
  nu?: number;
}

/** The model of the highest worth − ν · expected seconds of its least loaded server, as `withLoad` of `@routeprofile/routers` ranks; there the better of two. */
export function routed({ worth, nu = 0 }: RoutedOptions): FleetPolicy {
  const measures = measuring();
  return {
    choose(query, servers, now, random) {
      const seconds = new Map<number, number>();
      servers.forEach(({ model, slots, outstanding }, s) => {
        const firstByte = measures.firstContent(s, now) ?? 0;
        const { perToken, tokens } = measures.of(s) ?? {};
        const takes = expectedLatency(
          { firstByte, perToken: perToken?.value ?? 0, outstanding, limit: slots },
          tokens?.value ?? 0,
        );
        seconds.set(model, Math.min(seconds.get(model) ?? Infinity, takes));
      });
      const value = (model: number) => worth(query, model) - nu * seconds.get(model)!;
      const models = [...seconds.keys()];
      const chosen = models.reduce((best, model) => (value(model) > value(best) ? model : best), models[0]!);
      const own = servers.flatMap(({ model }, s) => (model === chosen ? s : []));
      return own[powerOfTwo(own.length, (i) => costOf(measures, now, own[i]!, servers[own[i]!]!), random)]!;
    },
    answered: (answer, now) => measures.answered(answer, now),
  };
}
