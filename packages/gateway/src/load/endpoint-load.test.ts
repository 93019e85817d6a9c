import { createRandom } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { endpointSchema, type Endpoint } from '../contracts/endpoint.js';
import { createEndpointLoad } from './endpoint-load.js';

const endpoint = (id: string, maxConcurrent?: number): Endpoint => ({
  ...endpointSchema.parse({ candidate: 'a', baseUrl: 'https://llm.example/v1', wires: ['chat'], maxConcurrent }),
  id,
  model: 'a',
});

function opened() {
  const clock = { time: 0, now: () => clock.time };
  const load = createEndpointLoad(clock);
  const answered = (one: Endpoint, firstContentMs: number, totalMs = firstContentMs, output = 100) =>
    load.left(one, {
      ...{ endpoint: one.id, candidate: 'a', firstContentMs, totalMs },
      usage: { uncachedInput: 1, cacheRead: 0, cacheWrite: 0, output },
    });
  return { clock, load, answered };
}

/** Requests one after the other, some of them at the same time, at endpoints that take as long as they do. */
function sent(endpoints: readonly Endpoint[], tookMs: readonly number[], requests: number, everyMs: number) {
  const { clock, load, answered } = opened();
  const random = createRandom(1, 'arrivals');
  const counts = endpoints.map(() => 0);
  const underWay: { at: number; end: () => void }[] = [];
  for (let r = 0; r < requests; r++) {
    clock.time += -everyMs * Math.log(1 - random.float());
    for (const one of underWay.filter(({ at }) => at <= clock.time)) {
      one.end();
      underWay.splice(underWay.indexOf(one), 1);
    }
    const first = load.order(endpoints, `request ${r}`)[0]!;
    const place = endpoints.indexOf(first);
    if (r >= requests / 2) counts[place]!++;
    load.enter(first);
    underWay.push({ at: clock.time + tookMs[place]!, end: () => answered(first, tookMs[place]!) });
  }
  return counts.map((count) => count / (requests / 2));
}

describe('the order of endpoints', () => {
  const [a, b, c] = [endpoint('a'), endpoint('b'), endpoint('c')];

  it.each([
    ['two', [a, b], [200, 2_000]],
    ['three', [a, b, c], [200, 2_000, 200]],
  ])('gives one that is ten times slower less than a tenth of the traffic after 50 requests: %s', (_, all, took) => {
    for (const everyMs of [50, 200, 1_000]) expect(sent(all, took, 100, everyMs)[1]).toBeLessThan(0.1);
  });

  it('shares the traffic among those alike', () => {
    const shares = sent([a, b, c], [200, 200, 200], 900, 40);
    for (const share of shares) expect(Math.abs(share - 1 / 3)).toBeLessThan(0.12);
  });

  it('tries one that has never answered with one request at a time', () => {
    const { load, answered } = opened();
    const first = () => load.order([a, b], 'x')[0];
    load.enter(a);
    answered(a, 100);
    expect(first()).toBe(b);
    load.enter(b);
    expect(first()).toBe(a);
    answered(b, 10);
    expect(first()).toBe(b);
  });

  it('returns to one that was slow after a while', () => {
    const { load, answered, clock } = opened();
    for (const [one, ms] of [
      [a, 100],
      [b, 3_000],
    ] as const) {
      load.enter(one);
      answered(one, ms);
    }
    expect(load.order([a, b], 'x')[0]).toBe(a);
    clock.time = 240_000;
    load.enter(a);
    answered(a, 100);
    expect(load.order([a, b], 'x')[0]).toBe(b);
  });

  it('keeps a conversation at its endpoint until another has half the load', () => {
    const { load, answered } = opened();
    for (const one of [a, b, c]) {
      load.enter(one);
      answered(one, 100);
    }
    const all = [a, b, c];
    const of = (conversation: string) => load.order(all, `request of ${conversation}`, conversation)[0]!;
    const own = Array.from({ length: 60 }, (_, i) => of(`conversation ${i}`));
    expect(new Set(own)).toEqual(new Set(all));
    own.forEach((one, i) => expect(of(`conversation ${i}`)).toBe(one));
    // One that goes moves only its own conversations.
    own.forEach((one, i) => {
      if (one !== c) expect(load.order([a, b], 'x', `conversation ${i}`)[0]).toBe(one);
    });
    load.enter(a);
    expect(of(`conversation ${own.indexOf(a)}`)).toBe(a);
    load.enter(a);
    expect(of(`conversation ${own.indexOf(a)}`)).not.toBe(a);
  });

  it('takes who waited in vain for a measurement of at least as much', () => {
    const { load, answered } = opened();
    load.enter(a);
    answered(a, 100);
    load.enter(a);
    load.left(a, { endpoint: 'a', candidate: 'a', totalMs: 5_000, fault: 'first-byte' });
    expect(load.look(a).firstContentMs).toBe(5_000);
    load.enter(a);
    load.left(a, { endpoint: 'a', candidate: 'a', totalMs: 9_000, fault: 'server' });
    expect(load.look(a)).toEqual({ outstanding: 0, firstContentMs: 5_000 });
  });
});

describe('the load of a model', () => {
  it('is that of the endpoint that would answer soonest', () => {
    const { load, answered } = opened();
    const [slow, fast] = [endpoint('slow', 4), endpoint('fast')];
    expect(load.ofModel([slow, fast], () => true)).toBeUndefined();
    load.enter(slow);
    answered(slow, 1_000, 3_000, 100);
    load.enter(fast);
    answered(fast, 200, 1_200, 100);
    load.enter(fast);
    expect(load.ofModel([slow, fast], () => true)).toEqual({
      ...{ firstByte: 0.2, perToken: 0.01, outstanding: 1, limit: Infinity, tokens: 100 },
    });
    expect(load.ofModel([slow, fast], (id) => id === 'slow')).toMatchObject({ firstByte: 1, perToken: 0.02, limit: 4 });
  });
});
