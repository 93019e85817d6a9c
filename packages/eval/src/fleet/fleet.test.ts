import { createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { createHeap } from './heap.js';
import { leastOutstanding, randomServer, routed, roundRobin, twoChoices, type FleetPolicy } from './policies.js';
import { fleetCapacity, simulateFleet, type FleetInput } from './simulate.js';

const one = { count: 1, quality: () => 1, firstContent: () => 1, perToken: () => 0, tokens: () => 0 };
const fleet = (more: Partial<FleetInput>) =>
  simulateFleet({
    ...{ models: ['a'], servers: [{ model: 0, slots: 1 }], queries: one, rate: 0.5, seed: 1, sigma: 0 },
    policy: randomServer(),
    ...more,
  });

describe('the heap', () => {
  it('gives what comes first, and at the same time what was put in first', () => {
    const random = createRandom(1, 'heap');
    const heap = createHeap<number>();
    const times = Array.from({ length: 500 }, () => random.int(40));
    times.forEach((time, i) => heap.push(time, i));
    const expected = times.map((time, i) => ({ time, i })).sort((a, b) => a.time - b.time || a.i - b.i);
    expect(expected.map(() => heap.pop())).toEqual(expected.map(({ i }) => i));
    expect([heap.pop(), heap.next]).toEqual([undefined, Infinity]);
  });
});

describe('simulateFleet', () => {
  it('agrees with what queueing theory says of one server (M/D/1, Pollaczek and Khinchine)', () => {
    const random = createRandom(1, 'theory');
    for (const rho of [0.3, 0.7]) {
      let waited = 0;
      const requests = 100_000;
      const policy: FleetPolicy = {
        choose: () => 0,
        answered: ({ firstContent }) => void (waited += firstContent - 1),
      };
      const result = fleet({ rate: rho, requests, warmUp: 0, policy, seed: random.int(1e6) });
      const expected = rho / (2 * (1 - rho));
      expect(Math.abs(waited / requests / expected - 1)).toBeLessThan(0.06);
      expect(Math.abs(result.utilisation - rho)).toBeLessThan(0.01);
    }
  });

  it('gives the same for the same seed, and the same traffic to every policy', () => {
    const run = (policy: FleetPolicy, seed: number) => fleet({ policy, seed, requests: 2_000, sigma: 0.5 });
    expect(run(randomServer(), 3)).toEqual(run(randomServer(), 3));
    expect(run(roundRobin(), 3)).toEqual(run(randomServer(), 3));
    expect(run(randomServer(), 4)).not.toEqual(run(randomServer(), 3));
  });

  const TWO = {
    models: ['small', 'large'],
    servers: [...[0, 0, 0].map((model) => ({ model, slots: 4 })), ...[1, 1].map((model) => ({ model, slots: 4 }))],
    queries: {
      count: 100,
      // The large model is right always, the small one on half of the queries.
      quality: (query: number, model: number) => (model === 1 || query % 2 === 0 ? 1 : 0),
      firstContent: (_: number, model: number) => [0.2, 1][model]!,
      perToken: (_: number, model: number) => [0.01, 0.04][model]!,
      tokens: () => 100,
    },
    sigma: 0.5,
    requests: 8_000,
  };
  const at = (load: number, policy: FleetPolicy) => fleet({ ...TWO, rate: load * fleetCapacity(TWO), policy });

  it('shows what looking at the load is worth', () => {
    const [random, turns, least, two] = [randomServer, roundRobin, leastOutstanding, twoChoices].map((make) =>
      at(0.8, make()),
    );
    expect(two!.p99).toBeLessThan(random!.p99);
    expect(least!.p99).toBeLessThan(turns!.p99);
    expect(two!.byModel['small']).toBeGreaterThan(random!.byModel['small']!);
  });

  it('shows what a router gives up for quality, and what weighing the load gives back', () => {
    const worth = TWO.queries.quality;
    const best = at(0.8, routed({ worth }));
    const weighing = at(0.8, routed({ worth, nu: 0.02 }));
    expect(best.quality).toBe(1);
    expect(weighing.p99).toBeLessThan(best.p99 / 2);
    expect(weighing.quality).toBeGreaterThan(at(0.8, twoChoices()).quality);
    // Without load there is little to weigh.
    expect(at(0.1, routed({ worth, nu: 0.02 })).quality).toBeGreaterThan(0.97);
  });

  it('refuses fleets that there cannot be', () => {
    for (const more of [{ servers: [] }, { servers: [{ model: 3, slots: 1 }] }, { rate: 0 }, { warmUp: 1 }])
      expect(() => fleet(more)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }) as Error);
    expect(() => fleet({ policy: { choose: () => 7 } })).toThrow(
      expect.objectContaining({ code: 'PLUGIN_FAILED' }) as Error,
    );
  });
});
