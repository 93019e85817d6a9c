import type { Candidate, Requirements } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { endpointSchema, type Endpoint } from './contracts/endpoint.js';
import type { ServedWire } from './contracts/wire.js';
import { planAttempts, readsMore } from './plan.js';

const endpoint = (id: string, candidate: string, wires: ServedWire[] = ['chat']): Endpoint => ({
  ...endpointSchema.parse({ candidate, baseUrl: 'https://llm.example/v1', wires }),
  id,
  model: candidate,
});
const model = (id: string, more: Partial<Candidate> = {}): Candidate => ({ id, model: id, ...more });

const endpoints = [endpoint('a1', 'a'), endpoint('a2', 'a'), endpoint('b1', 'b', ['messages']), endpoint('c1', 'c')];
const plan = (ranked: Candidate[], more: { requirements?: Requirements; down?: string[]; most?: number } = {}) => {
  const { attempts, ...rest } = planAttempts({
    ranked,
    endpointsOf: (id) => endpoints.filter(({ candidate }) => candidate === id),
    wire: 'chat',
    requirements: more.requirements ?? {},
    usable: (id) => !more.down?.includes(id),
    ...(more.most !== undefined && { most: more.most }),
  });
  return { attempts: attempts.map((one) => one.endpoint.id), ...rest };
};

describe('planAttempts', () => {
  it('tries the chosen candidate everywhere, then the next, each endpoint once', () => {
    expect(plan([model('c'), model('a')]).attempts).toEqual(['c1', 'a1', 'a2']);
    expect(plan([model('a'), model('c')], { most: 2 }).attempts).toEqual(['a1', 'a2']);
  });

  it('leaves out whoever cannot answer, and says why', () => {
    expect(
      plan([model('b'), model('d'), model('a', { limits: { contextTokens: 10 } }), model('c')], {
        requirements: { contextTokens: 20 },
      }),
    ).toEqual({
      attempts: ['c1'],
      leftOut: [
        { model: 'b', why: 'no endpoint speaks chat' },
        { model: 'd', why: 'no endpoint' },
        { model: 'a', why: 'context of 10 tokens, about 20 needed' },
      ],
      cooling: [],
      full: [],
    });
  });

  it('goes around endpoints that cool down', () => {
    expect(plan([model('a'), model('c')], { down: ['a1'] })).toMatchObject({ attempts: ['a2', 'c1'], cooling: ['a1'] });
    expect(plan([model('a')], { down: ['a1', 'a2'] })).toMatchObject({ attempts: [], cooling: ['a1', 'a2'] });
  });
});

describe('endpoints of one candidate', () => {
  it('are tried in the order given, those that are full left out', () => {
    const { attempts, full } = planAttempts({
      ranked: [model('a'), model('c')],
      endpointsOf: (id) => endpoints.filter(({ candidate }) => candidate === id),
      wire: 'chat',
      requirements: {},
      usable: () => true,
      full: ({ id }) => id === 'c1',
      order: (ready) => [...ready].reverse(),
    });
    expect([attempts.map((one) => one.endpoint.id), full]).toEqual([['a2', 'a1'], ['c1']]);
  });
});

describe('readsMore', () => {
  const wide = (id: string, contextTokens?: number) =>
    model(id, contextTokens === undefined ? {} : { limits: { contextTokens } });
  it.each([
    [wide('b', 20), wide('a', 10), true],
    [wide('b', 10), wide('a', 20), false],
    [wide('b'), wide('a', 10), true],
    [wide('a'), wide('a', 10), false],
    [wide('b', 10), wide('a'), true],
  ])('%j against %j', (candidate, than, more) => {
    expect(readsMore(candidate, than)).toBe(more);
  });
});
